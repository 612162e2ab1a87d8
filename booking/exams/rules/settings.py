"""The points of exam law that no source settles: settings of the office, with the usual reading as default."""

from dataclasses import dataclass, field
from typing import Literal

WaitAppliesTo = Literal["booking", "exam_date"]


@dataclass(frozen=True, slots=True)
class Settings:
    """One reading of the unsettled points. `what` says what a value means; days are calendar days.

    Names ending in `_139` concern Order 139 only (2016-04-01 to 2022-03-31), whose full text was not found.
    """

    wait_applies_to: WaitAppliesTo = field(
        default="booking",
        metadata={
            "what": "whether a wait must be over on the day of booking (the text) or only on the exam day",
        },
    )
    first_day_counts: bool = field(
        default=True,
        metadata={
            "what": "yes: the day itself is day one, so ten days from 11-01 allow booking from 11-11 "
            "(common practice, D+10); no: it is left out, so from 11-12 (Civil Code art. 201, D+11)",
        },
    )
    ten_days_cover_safety: bool = field(
        default=True,
        metadata={
            "what": "whether the ten days after a failure hold for the safety exam: art. 47 says subject 3, "
            "and by art. 30 subject 3 is both the road test and the safety exam",
        },
    )
    same_day_subject_2_and_road: bool = field(
        default=False,
        metadata={"what": "whether this office can run subject 2 and the road test back to back on one day"},
    )
    upper_age_lasts_the_year: bool = field(
        default=False,
        metadata={
            "what": "no: the last day is the birthday on which the upper age is reached; "
            "yes: the last day is the one before the next birthday",
        },
    )
    subject_2_wait_small_139: int = field(default=10, metadata={"what": "subject 2, classes C1 to C5"})
    subject_2_wait_large_139: int = field(default=20, metadata={"what": "subject 2, classes A1 to B2"})
    subject_2_wait_special_139: int = field(default=10, metadata={"what": "subject 2, classes M, N, P"})
    road_wait_c3_c4_139: int = field(default=30, metadata={"what": "road test, classes C3 and C4 (20 or 30)"})
    road_wait_c5_139: int = field(default=30, metadata={"what": "road test, class C5"})
    road_wait_special_139: int = field(default=30, metadata={"what": "road test, classes M, N, P"})
    motorcycle_wait_139: int = field(
        default=0, metadata={"what": "subject 2 and road test, classes D, E, F (0: no wait is named)"}
    )
    upper_age_small_139: int = field(default=70, metadata={"what": "upper age of C1, C2, C5 and F"})
    reduced_sets_139: bool = field(
        default=True,
        metadata={"what": "whether C2 to C1 and the motorcycle upgrades were already free of subject 1"},
    )
