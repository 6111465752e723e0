"""Where the code blocks of a page run: one registry, folder, namespace and set of variables per
page."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType
from typing import Any

import attrs
import pytest
from local_registry.server import LocalRegistry
from local_registry.testing import local_registry

from quilt_core import QuiltOps
from quilt_core.hookspecs import OPERATION_GROUPS

__all__ = ["local_registry"]

_BIN = Path(sys.executable).parent
_FOREIGN = ("QUILT_", "MCP_", "AWS_", "RECORD_", "PYTEST_", "COV_", "DISPLAY", "WAYLAND_")


@attrs.define
class Page:
    """What the blocks of one page share."""

    folder: Path
    variables: dict[str, str]
    namespace: dict[str, Any] = attrs.field(factory=lambda: {"__name__": "__main__"})
    output: str = ""
    _groups: list[int] = attrs.field(factory=list)

    def shell(self, text: str) -> int:
        """Run lines in a shell that keeps its variables for the next block; gives its exit code."""
        state = self.folder.parent / "variables"
        out = self.folder.parent / "output"
        with out.open("w+") as file:
            # A file, not a pipe: a background process of the block may keep it open.
            process = subprocess.Popen(
                ["bash", "-e", "-o", "pipefail", "-c", _with_state(text, state)],
                cwd=self.folder,
                env=self.variables,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.PIPE if "&\n" not in text else subprocess.DEVNULL,
                start_new_session=True,
            )
            self._groups.append(process.pid)
            _, problems = process.communicate(timeout=120)
        if not _is_alive(process.pid):
            self._groups.remove(process.pid)  # its number may be reused for another process
        self.output = out.read_text("utf-8")
        if problems:
            sys.stderr.write(problems.decode())
        if state.exists():
            pairs = (one.partition("=") for one in state.read_text("utf-8").split("\0") if one)
            self.variables = {name: value for name, _, value in pairs}
        return process.returncode

    def python(self, code: str, name: str) -> None:
        """Run Python in the page's namespace, with its variables, in its folder."""
        compiled = _compile(code, name)
        printed = io.StringIO()
        with self._here(), contextlib.redirect_stdout(printed):
            exec(compiled, self.namespace)
        self.output = printed.getvalue()

    @contextlib.contextmanager
    def _here(self) -> Iterator[None]:
        before = dict(os.environ)
        try:
            os.environ.clear()
            os.environ.update(self.variables)
            with contextlib.chdir(self.folder):
                yield
        finally:
            os.environ.clear()
            os.environ.update(before)

    def close(self) -> None:
        """End the processes that the blocks left in the background, and close their connections."""
        for value in self.namespace.values():
            if isinstance(value, QuiltOps):
                value.close()
        for group in self._groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGTERM)


def _compile(code: str, name: str) -> CodeType:
    # Signatures in the reference name types that the page does not import.
    compiled: CodeType = compile(
        code, name, "exec", flags=annotations.compiler_flag, dont_inherit=True
    )
    return compiled


def _is_alive(group: int) -> bool:
    """Whether a process of the group is still running in the background."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def _with_state(text: str, state: Path) -> str:
    save = f"trap '__code=$?; env -0 > \"{state}\"; exit $__code' EXIT\n"
    return save + text


@pytest.fixture
def open_page(
    local_registry: LocalRegistry, tmp_path: Path
) -> Iterator[Callable[[str, str], Page]]:
    """Give the place of a page, by its path and the user as whom its blocks act."""
    with contextlib.ExitStack() as stack:

        def open_page(path: str, user: str) -> Page:
            (tmp_path / "work").mkdir()
            page = Page(tmp_path / "work", _variables(tmp_path, local_registry, user))
            if path == "docs/reference/hooks.md":
                page.namespace.update(_names_of_specifications())
            stack.callback(page.close)
            return page

        yield open_page


def _names_of_specifications() -> dict[str, Any]:
    """The names in the specifications' defaults, as their modules import them."""
    modules = [module for group in OPERATION_GROUPS.values() for module in group]
    return {name: value for module in modules for name, value in vars(module).items()}


def _variables(folder: Path, registry: LocalRegistry, user: str) -> dict[str, str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(_FOREIGN)}
    return {
        **inherited,
        **registry.client_env(user, bucket="demo-data"),
        "QUILT_BACKEND": "platform",
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "PATH": f"{_BIN}{os.pathsep}{os.environ['PATH']}",
        "NO_COLOR": "1",
        "COLUMNS": "100",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
