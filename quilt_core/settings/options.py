"""Options: settings of one backend, which declares them; they are checked before the backend is
made.

    from quilt_core import Option, Settings, backend_options

    @backend_options(
        Option("database", type=Path, default=Path("catalog.db"), help="The database's file."),
        Option("read_only", type=bool, default=False, help="Refuse every write."),
    )
    def create_backend(settings: Settings) -> BackendPlugin:
        connection = sqlite3.connect(settings.options["database"])

The factory finds every declared option in `settings.options`, converted, or its default.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import attrs

from quilt_core.errors import ValidationError
from quilt_core.redaction import MASK, redact
from quilt_core.secret import Secret
from quilt_core.settings import converters
from quilt_core.settings.load import nearest
from quilt_core.settings.model import Settings

F = TypeVar("F", bound=Callable[..., Any])
_ATTRIBUTE = "quilt_core_options"
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_CONVERTERS: Mapping[type, Callable[[Any], Any]] = MappingProxyType(
    {
        str: converters.text,
        int: converters.whole_number,
        float: converters.number,
        bool: converters.flag,
        Path: converters.path,
        Secret: converters.secret,
    }
)


def _check_name(_option: object, _field: object, name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not a name of an option: lower-case letters, digits and '_'")


def _check_type(_option: object, _field: object, kind: type) -> None:
    if kind not in _CONVERTERS:
        names = ", ".join(one.__name__ for one in _CONVERTERS)
        raise ValueError(f"{kind!r} is not a type of an option; there are {names}")


@attrs.frozen
class Option:
    """One option of a backend.

    Parameters
    ----------
    name:
        Lower-case letters, digits and `_`; users give it as `options={"name": …}`,
        `QUILT_OPTION_NAME` or `--option name=value`.
    type:
        `str`, `int`, `float`, `bool`, `pathlib.Path` or `quilt_core.Secret`, which is never
        shown.
    default:
        The value when the user gives none.
    help:
        What it means, in a sentence; `quiltops doctor` and `quiltops plugins` show it.
    """

    name: str = attrs.field(validator=_check_name)
    type: type = attrs.field(default=str, kw_only=True, validator=_check_type)
    default: Any = attrs.field(default=None, kw_only=True)
    help: str = attrs.field(default="", kw_only=True)

    @property
    def printable(self) -> bool:
        """Whether its value may be shown."""
        return self.type is not Secret

    def describe(self) -> str:
        """Name, type, default and meaning in a line."""
        default = "" if self.default is None else f" = {self.default if self.printable else MASK}"
        return f"{self.name}: {self.type.__name__}{default}" + (f" ({self.help})" * bool(self.help))

    def parse(self, value: Any, source: str) -> Any:
        """The value as the backend gets it; `ValidationError` names the option and `source`."""
        try:
            return _CONVERTERS[self.type](value)
        except (TypeError, ValueError) as error:
            shown = redact(repr(value)) if self.printable else "the value"
            raise ValidationError(
                f"{shown} is not a value for the option {self.name!r} (from {source}): {error}.",
                hint=f"{self.describe()}.",
                context={"option": self.name, "source": source},
            ) from None


def backend_options(*options: Option) -> Callable[[F], F]:
    """Declare the options of a backend, on its factory.

    Parameters
    ----------
    options:
        What the backend takes by name.

    Returns
    -------
    Callable
        A decorator, which leaves the factory as it is.

    Raises
    ------
    ValueError
        When two options have one name.
    """
    if len({option.name for option in options}) < len(options):
        raise ValueError("two options have one name")

    def declare(factory: F) -> F:
        setattr(factory, _ATTRIBUTE, options)
        return factory

    return declare


def declared_options(factory: object) -> tuple[Option, ...]:
    """The options that a backend's factory declares; empty when it declares none."""
    options: tuple[Option, ...] = getattr(factory, _ATTRIBUTE, ())
    return options


@lru_cache(maxsize=64)
def _defaults(options: tuple[Option, ...]) -> Mapping[str, Any]:
    """The values of the options of which none was given."""
    return MappingProxyType({option.name: option.default for option in options})


def with_options(settings: Settings, factory: object, backend: str) -> Settings:
    """The settings with all options of the backend, converted, defaults filled in.

    Raises
    ------
    ValidationError
        For an option that the backend does not declare, and for a value that does not fit.
    """
    options = declared_options(factory)
    if not settings.options:
        return settings.with_parsed_options(_defaults(options)) if options else settings
    if settings.options is _defaults(options):
        return settings
    declared = {option.name: option for option in options}
    for name in settings.options:
        if name not in declared:
            source = settings.sources.get(f"options.{name}", "argument")
            raise ValidationError(
                f"The backend {backend!r} has no option {name!r} (from {source}).",
                hint=nearest(name, declared, "Its options"),
                context={"option": name, "backend": backend, "source": source},
            )
    values = {
        name: option.default
        if settings.options.get(name) is None
        else option.parse(
            settings.options[name], settings.sources.get(f"options.{name}", "argument")
        )
        for name, option in declared.items()
    }
    # Those of whom this was asked before are complete.
    return settings if values == settings.options else settings.with_parsed_options(values)
