"""Change the configuration file, keeping its comments and its order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from quilt_core.errors import ValidationError
from quilt_core.settings.files import config_path, read_config

if TYPE_CHECKING:
    from tomlkit import TOMLDocument


def document() -> TOMLDocument:
    """The configuration file; empty if it does not exist. Raises `ValidationError` if it is not
    TOML.
    """
    import tomlkit

    file = config_path()
    read_config(file)  # its errors are raised as ours
    return tomlkit.parse(file.read_text("utf-8-sig")) if file.exists() else tomlkit.document()


def table(parent: Any, name: str, *, is_super: bool = False) -> Any:
    """The table with that name, created if it is missing; `is_super` for a table that only contains
    tables. Raises `ValidationError` if something else has the name.
    """
    import tomlkit

    if name not in parent:
        parent[name] = tomlkit.table(is_super_table=is_super)
    found = parent[name]
    if not isinstance(found, Mapping):
        raise ValidationError(f"{name!r} in {config_path()} is not a table.")
    return found


def reference(variable: str) -> Any:
    """A value that refers to an environment variable: `{ env = "NAME" }`."""
    import tomlkit

    inline = tomlkit.inline_table()
    inline["env"] = variable
    return inline


def write(config: TOMLDocument) -> None:
    """Replace the previous file completely.

    Raises `ValidationError` if that is not possible.
    """
    import tomlkit

    file = config_path()
    partial = file.with_suffix(".partial")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        partial.touch(mode=0o600)
        partial.chmod(0o600)  # before it is written to, if an earlier run left it behind
        partial.write_text(tomlkit.dumps(config), encoding="utf-8")
        partial.replace(file)
    except OSError as error:
        raise ValidationError(
            f"The configuration file {file} cannot be written: {error.strerror or error}.",
            context={"path": str(file)},
        ) from error
