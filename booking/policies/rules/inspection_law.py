"""The points of inspection law that no source settles, one for each field of the inspection rules' own settings.

A test compares names and defaults with the fields there: this folder lies below the inspections and cannot look.
"""

from datetime import date

from booking.kernel.errors import Wording
from booking.policies.rules.setting import Group, Kind, Setting

ARTICLE_16 = Wording("道路交通安全法实施条例第十六条", "Road Traffic Safety Regulations, art. 16")
ARTICLE_54 = Wording("公安部令第164号第五十四条", "Order 164, art. 54")
REFORMS = Wording(
    "2014、2020、2022年检验制度改革（原文未核实）", "reforms of 2014, 2020 and 2022 (text not verified)"
)
SEATS = Wording("座", "seats")


def _yes_no(name: str, default: bool, title: Wording, explanation: Wording, basis: Wording = ARTICLE_16) -> Setting:
    return Setting(f"inspections.{name}", Group.INSPECTION_LAW, Kind.YES_NO, default, title, explanation, basis)


INSPECTION_LAW: tuple[Setting, ...] = (
    Setting(
        "inspections.reform_2020_on",
        Group.INSPECTION_LAW,
        Kind.DAY,
        date(2020, 11, 20),
        Wording("2020年改革从哪一天起施行", "Day from which the reform of 2020 holds"),
        Wording(
            "7 至 9 座小客车纳入免检、第 6 至 10 年每两年检验，从这一天起适用。",
            "From this day cars of 7 to 9 seats are included, and years 6 to 10 need a test every two years.",
        ),
        REFORMS,
    ),
    _yes_no(
        "registered_month_end",
        True,
        Wording("有效期是否到当月最后一天", "Does validity end with the month?"),
        Wording(
            "是：行驶证只写年月，推算的有效期到当月最后一天。否：到初次登记的同月同日。",
            "Yes: the vehicle's licence names the month only, so a computed day is its last. "
            "No: it is the anniversary of the first registration.",
        ),
    ),
    _yes_no(
        "rental_is_operating",
        True,
        Wording("租赁车是否按营运车", "Are rental cars operating vehicles?"),
        Wording(
            "使用性质为租赁（G）的小客车按营运客车的周期检验。",
            "Whether use G has the periods of operating vehicles.",
        ),
    ),
    _yes_no(
        "training_is_operating",
        True,
        Wording("教练车是否按营运车", "Are driving schools' cars operating vehicles?"),
        Wording(
            "使用性质为教练（N）的小客车按营运客车的周期检验。",
            "Whether use N has the periods of operating vehicles.",
        ),
    ),
    _yes_no(
        "converted_is_operating",
        False,
        Wording("营转非车是否仍按营运车", "Do cars taken out of operation stay operating vehicles?"),
        Wording(
            "是：使用性质为营转非（L、M、U）的小客车仍按营运客车的周期检验。否：按现在的非营运车。",
            "Yes: uses L, M and U keep the periods of operating vehicles. No: they are judged as what they are now.",
        ),
        REFORMS,
    ),
    _yes_no(
        "emergency_in_reforms",
        True,
        Wording("警用、消防、救护车是否适用改革", "Do the reforms hold for police, fire and ambulance cars?"),
        Wording(
            "否：使用性质为警用、消防、救护、工程救险（H、I、J、K）的小客车仍按实施条例的周期。",
            "No: uses H, I, J and K keep the periods of the Regulations.",
        ),
        REFORMS,
    ),
    _yes_no(
        "special_purpose_yearly",
        True,
        Wording("专用车等其他车辆是否每年检验", "Are special-purpose and other vehicles tested yearly?"),
        Wording("否：按载货汽车的周期检验。", "No: they have the periods of trucks."),
    ),
    Setting(
        "inspections.large_bus_seats",
        Group.INSPECTION_LAW,
        Kind.NUMBER,
        20,
        Wording("多少座以上是大型客车", "Seats from which a passenger vehicle is a large one"),
        Wording(
            "大型载客汽车只能在登记地检验；不到这么多座的是中型客车，可以在外地检验。",
            "A large one is inspected only where it is registered; below that it is a medium one.",
        ),
        ARTICLE_54,
        least=10,
        most=60,
        unit=SEATS,
    ),
)
