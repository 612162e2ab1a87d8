"""Which refusals of inspections two persons may lift for one booking, and why the others never are."""

from collections.abc import Mapping

from booking.kernel.errors import Wording

LIFTABLE: Mapping[str, Wording] = {
    "not-due-yet": Wording("检验有效期届满前三个月内办理", "not before the last three months of the mark"),
    "mark-only": Wording("免检车辆不预约上线检测", "no line test for a vehicle that is exempt from it"),
}

_LANE = Wording(
    "这个时段的检测线不能检验这种车。", "The test lanes of this window cannot test a vehicle of this kind."
)

NEVER_LIFTED: Mapping[str, Wording] = {
    "wrong-service": _LANE,
    "kind-not-served": _LANE,
    "other-place": Wording(
        "法定条件，车管所无权免除：这类车只能在登记地检验。",
        "The law sets this condition: such a vehicle is inspected only where it is registered.",
    ),
    "vehicle-not-known": Wording(
        "车辆信息不全，先补全。", "Too little is known of the vehicle; enter its particulars first."
    ),
}
