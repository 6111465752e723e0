"""Converters of settings: they turn an argument, a variable or a file's value into the setting's
value, or raise an error.

Each takes the given value and returns the converted one; a value that is already converted is
returned unchanged. The message of `ValueError` or `TypeError` says what is wrong, and the second
argument, if any, what a right value looks like; the caller adds the name and the source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from quilt_core.domain.names import Registry
from quilt_core.domain.uris import is_unicode
from quilt_core.errors import ValidationError
from quilt_core.secret import Secret
from quilt_core.urls import is_address

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


def text(value: Any) -> str:
    """Text, as it is."""
    if not isinstance(value, str):
        raise TypeError("it must be text")
    return value


def secret(value: Any) -> Secret:
    """Text that is not empty, as a `Secret`, without surrounding spaces."""
    if isinstance(value, Secret):
        return value
    if not isinstance(value, str) or not value.strip():
        raise ValueError("it must be non-empty text")
    if not is_unicode(value):
        raise ValueError("it has a character that is not valid Unicode")
    return Secret(value.strip())


def function(value: Any) -> Callable[[], str]:
    """A callable."""
    if not callable(value):
        raise TypeError("it must be a function")
    return value  # type: ignore[no-any-return]


def http_address(value: Any) -> str:
    """An http(s) address, without its trailing slash."""
    if not is_address(value):
        raise ValueError("it must look like https://host")
    return str(value).rstrip("/")


def registry(value: Any) -> Registry:
    """A registry with any scheme: whether the backend serves it is checked when the backend is
    chosen.
    """
    if isinstance(value, Registry):
        return value
    try:
        return Registry.parse(value, schemes=None)
    except ValidationError as error:
        raise ValueError("it is not a package registry", error.hint) from None


def flag(value: Any) -> bool:
    """A boolean, or text for one."""
    if isinstance(value, bool):
        return value
    said = str(value).strip().lower()
    if said in _TRUE:
        return True
    if said in _FALSE:
        return False
    raise ValueError("it must be true or false")


def texts(value: Any) -> tuple[str, ...]:
    """A comma list, or several texts; empty ones are left out."""
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, Iterable) or not all(isinstance(one, str) for one in (*items,)):
        raise TypeError("it must be a list of texts")
    return tuple(item.strip() for item in items if item.strip())


def whole_number(value: Any) -> int:
    """A whole number, or text for one."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise TypeError("it must be a whole number")
    try:
        return int(value)
    except ValueError:
        raise ValueError("it must be a whole number") from None


def at_least(smallest: int) -> Callable[[Any], int]:
    """A converter for whole numbers of at least `smallest`."""

    def convert(value: Any) -> int:
        number = whole_number(value)
        if number < smallest:
            raise ValueError(f"it must be a whole number of at least {smallest}")
        return number

    return convert


def number(value: Any) -> float:
    """A number, or text for one."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise TypeError("it must be a number")
    try:
        return float(value)
    except (ValueError, OverflowError):
        raise ValueError("it must be a number") from None


def seconds(value: Any) -> float:
    """A number of seconds above 0 and below a day."""
    found = number(value)
    if not 0 < found < 86_400:
        raise ValueError("it must be a number of seconds above 0 and below 86400")
    return found


def path(value: Any) -> Path:
    """A path on this machine, with `~` expanded."""
    if not isinstance(value, (str, Path)) or not str(value):
        raise TypeError("it must be a path")
    try:
        return Path(value).expanduser()
    except RuntimeError:
        raise ValueError("it is in the home folder of a user who has none") from None


def one_of(*allowed: str) -> Callable[[Any], str]:
    """A converter for one of the given texts."""

    def convert(value: Any) -> str:
        if value not in allowed:
            raise ValueError(f"it must be one of {', '.join(allowed)}")
        return str(value)

    return convert


def mapping(value: Any) -> Mapping[str, Any]:
    """A read-only mapping from names to values."""
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise TypeError("it must be a mapping from names to values")
    return MappingProxyType(dict(value))
