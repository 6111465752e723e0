"""Make domain objects from plain JSON types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from quilt_core.domain.base import DomainObject
from quilt_core.domain.hints import complete_modules
from quilt_core.errors import ValidationError

T = TypeVar("T", bound=DomainObject)


def from_plain(cls: type[T], data: Mapping[str, Any]) -> T:
    """See `DomainObject.from_dict`."""
    hint = f"It must have the form that {cls.__name__}.to_dict() returns."
    if not isinstance(data, Mapping):
        raise ValidationError(
            f"A {cls.__name__} must be given as a mapping, not as a {type(data).__name__}.",
            hint=hint,
        )
    try:
        complete_modules()
        made = msgspec.convert(dict(data), cls)
    except msgspec.ValidationError as error:
        raise ValidationError(f"This is not a {cls.__name__}: {error}.", hint=hint) from None
    unknown = sorted(_unknown(made, data, ""))
    if unknown:
        raise ValidationError(
            f"This is not a {cls.__name__}: it has no field {', '.join(unknown)}.", hint=hint
        )
    return made


def _unknown(made: Any, data: Any, path: str) -> Iterator[str]:
    """The place in the data whose value the object made from it does not fully represent."""
    if isinstance(made, (DomainObject, msgspec.Struct)) and isinstance(data, Mapping):
        if isinstance(made, DomainObject):
            known = {*made.told_fields(), *made._UNTOLD}
        else:
            known = {*made.__struct_fields__}
        for name, value in data.items():
            if name not in known:
                yield f"{path}{name}"
            else:
                yield from _unknown(getattr(made, name), value, f"{path}{name}.")
    elif isinstance(made, tuple) and isinstance(data, Sequence):
        for number, (one, value) in enumerate(zip(made, data, strict=False)):
            yield from _unknown(one, value, f"{path}{number}.")
