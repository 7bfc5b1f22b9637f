"""How far it is between two points on Earth."""

from math import asin, cos, radians, sin, sqrt

_EARTH_METRES = 6_371_009
"""Mean radius (IUGG)."""

POLE = 90
"""The latitude beyond which there is nothing."""

Point = tuple[float, float]
"""(latitude, longitude) in degrees."""


def point(latitude: float | None, longitude: float | None) -> Point | None:
    """A place's coordinates, where it has some that can be right."""
    if latitude is None or longitude is None or abs(latitude) > POLE:
        return None
    return latitude, longitude


def metres_between(first: Point, second: Point) -> float:
    """The great-circle distance by the haversine formula."""
    (lat_1, lon_1), (lat_2, lon_2) = (map(radians, point) for point in (first, second))
    half = sin((lat_2 - lat_1) / 2) ** 2
    half += cos(lat_1) * cos(lat_2) * sin((lon_2 - lon_1) / 2) ** 2
    return 2 * _EARTH_METRES * asin(sqrt(min(1.0, half)))
