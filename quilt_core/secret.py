"""A string that does not reveal its value by accident."""

from __future__ import annotations

from typing import Any, Final

from quilt_core.redaction import MASK, remember


class Secret:
    """A token, key or password: only `reveal()` returns it.

    Two secrets are equal if their values are; a secret cannot be pickled or formatted. As long as
    it exists, its value is masked in every error message and log line of this framework.
    """

    __slots__ = ("__weakref__", "_value", "_written")

    def __init__(self, value: str) -> None:
        self._value: Final = value
        self._written: tuple[str, ...] | None = None
        remember(self)

    def reveal(self) -> str:
        """The secret itself, to be put into a request and nowhere else."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK!r})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __reduce__(self) -> str:
        raise TypeError("a Secret cannot be pickled")


class SecretOptions(dict[str, Any]):
    """A dictionary with secrets in it, for another library, that does not show them.

    It behaves like the dictionary; only its `repr`, which notebooks and debuggers print, shows
    `***` for each value whose name is not known to be harmless.
    """

    __slots__ = ()

    _HARMLESS: Final = frozenset(
        {"client_kwargs", "aws_region", "aws_endpoint_url", "aws_allow_http"}
    )

    def __repr__(self) -> str:
        shown = {name: self[name] if name in self._HARMLESS else MASK for name in self}
        return repr(shown)
