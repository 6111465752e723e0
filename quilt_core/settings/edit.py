"""Change the configuration file, keeping its comments and its order."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quilt_core.errors import ValidationError
from quilt_core.private_files import replace_private
from quilt_core.settings.files import config_path, read_config

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

if os.name == "posix":
    import fcntl


@contextmanager
def changing() -> Iterator[TOMLDocument]:
    """A block that changes the configuration file, which is empty if it does not exist.

    At its end the file is replaced completely, unless an exception leaves it; other processes that
    change the file wait in the meantime.

    Raises
    ------
    ValidationError
        When the file is not TOML, or cannot be written.
    """
    import tomlkit

    file = config_path()
    with _locked(file):
        read_config(file)  # its errors are raised as ours
        text = file.read_text("utf-8-sig") if file.exists() else ""
        config = tomlkit.parse(text)
        yield config
        with _write_errors(file):
            replace_private(file, tomlkit.dumps(config))


def table(parent: Any, name: str, *, is_super: bool = False) -> Any:
    """The table with that name, created if it is missing; `is_super` for a table that only contains
    tables. Raises `ValidationError` if something else has the name.
    """
    import tomlkit

    if name not in parent:
        parent[name] = tomlkit.table(is_super_table=is_super)
    if not isinstance(parent[name], Mapping):
        raise ValidationError(
            f"{name!r} in the configuration file {config_path()} is not a table.",
            hint="Correct it, or move it away.",
        )
    return parent[name]


def reference(variable: str) -> Any:
    """A value that refers to an environment variable: `{ env = "NAME" }`."""
    import tomlkit

    inline = tomlkit.inline_table()
    inline["env"] = variable
    return inline


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Lock the file against other processes that change it, by a lock on its folder."""
    with _write_errors(file):
        file.parent.mkdir(parents=True, exist_ok=True)
    if os.name != "posix":
        yield
        return
    with _write_errors(file):
        handle = os.open(file.parent, os.O_RDONLY)
    try:
        with suppress(OSError):  # some file systems have no locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def _write_errors(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ValidationError(
            f"The configuration file {file} cannot be written: {error.strerror or error}.",
            context={"path": str(file)},
        ) from error
