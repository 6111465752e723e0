"""Exact values of fields: compared with what a query says, by their types."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from quilt_core.errors import ValidationError
from quilt_core.search.text import Value
from quilt_core.wildcards import Signs, Wild, fits_signs

_DATE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d))?)?")
_RELATIVE = re.compile(r"now(?:(?P<sign>[+-])(?P<count>\d{1,6})(?P<unit>[smhdw]))?")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_INSTANT = timedelta(microseconds=1)


def equals(value: Value, signs: Signs) -> bool:
    """Whether a value is what a query says; a text may have wildcards, other values may not.

    Raises `ValidationError` for what is not of the value's type.
    """
    if isinstance(value, str):
        return fits_signs(value, signs)
    if signs == (Wild.ANY,):
        return True
    said = "".join(sign if isinstance(sign, str) else sign.value for sign in signs)
    first, last = _span(value, said)
    return bool(first <= value <= last)


def within(
    value: Value, low: str | None, high: str | None, *, with_low: bool, with_high: bool
) -> bool:
    """Whether a value is in a range; a day or a month as a bound counts as a whole.

    Raises `ValidationError` for a bound that is not of the value's type.
    """
    if low is not None:
        first, last = _span(value, low)
        if value < first if with_low else value <= last:
            return False
    if high is not None:
        first, last = _span(value, high)
        return bool(value <= last if with_high else value < first)
    return True


def _span(value: Value, said: str) -> tuple[Any, Any]:
    """The first and the last value of what a text stands for: a day is from midnight on."""
    if isinstance(value, str):
        return said, said
    if isinstance(value, bool):
        if said not in ("true", "false"):
            raise _no(said, "neither true nor false")
        return said == "true", said == "true"
    if isinstance(value, datetime):
        first, behind = _time_span(said)
        return first, behind - _INSTANT
    try:
        number = float(said)
    except ValueError:
        raise _no(said, "not a number") from None
    return number, number


def _time_span(said: str) -> tuple[datetime, datetime]:
    try:
        if match := _DATE.fullmatch(said):
            return _calendar(match)
        if match := _RELATIVE.fullmatch(said):
            moment = datetime.now(UTC)
            if match["unit"]:
                shift = timedelta(**{_UNITS[match["unit"]]: int(match["count"])})
                moment += shift if match["sign"] == "+" else -shift
        elif said.isascii() and said.isdigit():
            moment = datetime.fromtimestamp(int(said) / 1000, UTC)
        else:
            moment = datetime.fromisoformat(said)
    except (ValueError, OverflowError, OSError):
        raise _no(said, "not a time such as 2026-02-28, 2026-02-28T10:00:00Z or now-7d") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment, moment + _INSTANT


def _calendar(match: re.Match[str]) -> tuple[datetime, datetime]:
    year, month, day = (int(match[name] or 1) for name in ("year", "month", "day"))
    first = datetime(year, month, day, tzinfo=UTC)
    if match["day"]:
        return first, first + timedelta(days=1)
    if match["month"]:
        return first, datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    return first, datetime(year + 1, 1, 1, tzinfo=UTC)


def _no(said: str, why: str) -> ValidationError:
    return ValidationError(f"The query compares with {said!r}, which is {why}.")
