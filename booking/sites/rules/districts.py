"""The districts of Zhanjiang, and how far a station is from their centres. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import asin, cos, radians, sin, sqrt

from booking.sites.rules.station import MICRODEGREES

EARTH = 6371.0088  # mean radius in km
TENTH = Decimal("0.1")
WHOLE = Decimal("1")


@dataclass(frozen=True, slots=True)
class Point:
    """A place on earth, in millionths of a degree of WGS 84."""

    latitude: int
    longitude: int


@dataclass(frozen=True, slots=True)
class District:
    """A district by its area code, and a point in the middle of its town."""

    code: str
    name: str
    name_en: str
    centre: Point


# Codes and names as in the list of area codes. The centres are approximate, from memory and not surveyed: a
# kilometre or two off at worst. Enough for "about 12 km", and for nothing that anybody decides.
DISTRICTS: Mapping[str, District] = {
    district.code: district
    for district in (
        District("440802", "赤坎区", "Chikan", Point(21_271_000, 110_361_000)),
        District("440803", "霞山区", "Xiashan", Point(21_192_000, 110_398_000)),
        District("440804", "坡头区", "Potou", Point(21_245_000, 110_455_000)),
        District("440811", "麻章区", "Mazhang", Point(21_263_000, 110_334_000)),
        District("440823", "遂溪县", "Suixi", Point(21_377_000, 110_250_000)),
        District("440825", "徐闻县", "Xuwen", Point(20_326_000, 110_176_000)),
        District("440881", "廉江市", "Lianjiang", Point(21_610_000, 110_285_000)),
        District("440882", "雷州市", "Leizhou", Point(20_914_000, 110_096_000)),
        District("440883", "吴川市", "Wuchuan", Point(21_441_000, 110_778_000)),
    )
}


def district_named(name: str) -> District | None:
    """Return the district that a site names as its own, or None if it is none of the city's."""
    return next((district for district in DISTRICTS.values() if district.name == name.strip()), None)


def kilometres(a: Point, b: Point) -> Decimal:
    """Return the distance in a straight line over the ground (haversine), to a tenth of a kilometre."""
    north, east = _radians(b.latitude - a.latitude), _radians(b.longitude - a.longitude)
    chord = sin(north / 2) ** 2 + cos(_radians(a.latitude)) * cos(_radians(b.latitude)) * sin(east / 2) ** 2
    return Decimal(2 * EARTH * asin(min(1.0, sqrt(chord)))).quantize(TENTH, ROUND_HALF_UP)


def about(distance: Decimal) -> int:
    """Return a distance in whole kilometres, as pages say it; never less than one."""
    return max(1, int(distance.quantize(WHOLE, ROUND_HALF_UP)))


def _radians(microdegrees: int) -> float:
    return radians(microdegrees / MICRODEGREES)
