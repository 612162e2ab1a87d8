"""The points of inspection law that no source settles: settings of the office, with the usual reading as default."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Settings:
    """One reading of the unsettled points. `what` says what a value means.

    The office keeps them under the same names as `inspections.<name>`.
    """

    reform_2020_on: date = field(
        default=date(2020, 11, 20),
        metadata={"what": "the day on which the reform of 2020 took effect (cars of 7 to 9 seats, years 6 to 10)"},
    )
    registered_month_end: bool = field(
        default=True,
        metadata={
            "what": "yes: a computed day is the last of its month, because the driving licence of a vehicle records "
            "the month only; no: it is the anniversary of the first registration",
        },
    )
    rental_is_operating: bool = field(
        default=True,
        metadata={"what": "whether a rental car (use G) has the periods of operating passenger vehicles"},
    )
    training_is_operating: bool = field(
        default=True,
        metadata={"what": "whether a driving school's car (use N) has the periods of operating passenger vehicles"},
    )
    converted_is_operating: bool = field(
        default=False,
        metadata={
            "what": "yes: a car taken out of operation (uses L, M, U) keeps the periods of operating passenger "
            "vehicles; no: it is judged as the private car it now is, reforms included",
        },
    )
    emergency_in_reforms: bool = field(
        default=True,
        metadata={
            "what": "whether police, fire service, ambulance and rescue cars (uses H, I, J, K) share the reforms, "
            "which speak of cars that do not operate; no: they keep the periods of art. 16",
        },
    )
    special_purpose_yearly: bool = field(
        default=True,
        metadata={
            "what": "yes: special-purpose and other vehicles are inspected yearly for life (art. 16 (5)); "
            "no: like trucks (art. 16 (2))",
        },
    )
    large_bus_seats: int = field(
        default=20,
        metadata={
            "what": "from how many seats a passenger vehicle is a large one, which is inspected only where it is "
            "registered (art. 54); below that it is a medium one",
        },
    )
