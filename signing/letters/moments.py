"""A moment as people name it: by the clocks of a time zone, which jump twice a year. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global


@dataclass(frozen=True, slots=True)
class NoSuchTime(ValueError):
    """The clocks jump over it; `then` is what they show when they would have shown it."""

    then: datetime


@dataclass(frozen=True, slots=True)
class Meant:
    """The moment that a local time means; `is_twice`: the clocks showed it a second time."""

    moment: datetime
    is_twice: bool


def meant(local: datetime, zone: str, *, last: bool = False) -> Meant:
    """The first moment at which clocks there show it, or the last; raises `NoSuchTime`."""
    there = ZoneInfo(zone)
    first, second = (local.replace(tzinfo=there, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(there).replace(tzinfo=None, fold=0) != local:
        raise NoSuchTime(first.astimezone(there).replace(tzinfo=None, fold=0))
    return Meant(max(first, second) if last else first, first != second)


def is_twice(moment: datetime, zone: str) -> bool:
    """Whether clocks there show this time a second time within the day."""
    local = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
    return meant(local, zone).is_twice


def offset(moment: datetime, zone: str) -> str:
    """How far the clocks there are ahead of UTC at that moment: UTC+02:00."""
    ahead = moment.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
    minutes = int(abs(ahead).total_seconds() // 60)
    sign = "-" if ahead < timedelta() else "+"
    return f"UTC{sign}{minutes // 60:02}:{minutes % 60:02}" if minutes else "UTC"


@cache
def zones() -> tuple[str, ...]:
    """Names of places, and UTC."""
    named = {zone for zone in available_timezones() if "/" in zone}
    odd = ("Etc/", "SystemV/", "US/", "posix/", "right/")
    return ("UTC", *sorted(zone for zone in named if not zone.startswith(odd)))


# Where most people live, in countries that CLDR gives several zones.
_PRIMARY = {
    "BR": "America/Sao_Paulo",
    "CN": "Asia/Shanghai",
    "DE": "Europe/Berlin",
    "ES": "Europe/Madrid",
    "ID": "Asia/Jakarta",
    "PT": "Europe/Lisbon",
    "UA": "Europe/Kyiv",
}
_OF_MANY_COUNTRIES = {"ar", "en"}  # no place is likelier than not to be right


def likely(locale: str) -> str:
    """The zone that a letter in this language most likely means; UTC where there is no telling."""
    language, _hyphen, territory = locale.partition("-")
    if language in _OF_MANY_COUNTRIES and not territory:
        return "UTC"
    full = get_global("likely_subtags").get(language, "")
    country = territory.upper() if len(territory) == 2 else full.rpartition("_")[2]
    there = get_global("territory_zones").get(country, [])
    zone = _PRIMARY.get(country) or (there[0] if len(there) == 1 else "UTC")
    return zone if zone in zones() else "UTC"
