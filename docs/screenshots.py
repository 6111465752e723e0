"""Write docs/images/*.svg: what commands print on a terminal, from a local registry.

python docs/screenshots.py [FOLDER [NAME…]]
"""

from __future__ import annotations

import io
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from local_registry import LocalRegistry, RegistryConfig
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

import quilt_core

IMAGES = Path(__file__).resolve().parent / "images"
SCREENS = {
    "demo": ("quiltops demo", 96),
    "doctor": ("quiltops doctor", 96),
    "diff": ("quiltops packages diff guides/compared", 72),
    "tree": ("quiltops content tree palmer/penguins", 72),
}
_HOME = "/home/ada"
# No page of ours loads fonts from elsewhere: the reader's own monospace font does.
_FORMAT = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)


def main(folder: Path, names: Sequence[str]) -> None:
    """Write pictures into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        LocalRegistry(RegistryConfig(seed="demo")) as registry,
        tempfile.TemporaryDirectory() as home,
    ):
        environment = _environment(registry, home)
        _publish(registry)
        for name in names:
            command, width = SCREENS[name]
            shown = _run(command.split(), {**environment, "COLUMNS": str(width)})
            shown = shown.replace(home, _HOME)
            picture = _picture(name, command, shown, width)
            (folder / f"{name}.svg").write_text(picture, encoding="utf-8")


def _environment(registry: LocalRegistry, home: str) -> dict[str, str]:
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in ("NO_COLOR", "QUILT_PROFILE") and not name.startswith("AWS_")
    }
    return {
        **inherited,
        **registry.client_env("writer", bucket="demo-data"),
        "QUILT_BACKEND": "platform",
        "QUILT_CORE_BLOCK": "directory,audit",
        "HOME": home,
        "XDG_CONFIG_HOME": f"{home}/.config",
        "XDG_DATA_HOME": f"{home}/.local/share",
        "XDG_CACHE_HOME": f"{home}/.cache",
        "TERM": "xterm-256color",
        "LINES": "60",
    }


def _publish(registry: LocalRegistry) -> None:
    """Two revisions, to compare."""
    data = "s3://demo-data/penguins"
    with quilt_core.connect(
        "platform",
        registry="s3://demo-data",
        registry_url=registry.endpoints.registry_url,
        catalog_url=registry.endpoints.catalog_url,
        token=registry.token("writer"),
    ) as ops:
        ops.create_package_revision(
            "guides/compared",
            {"a.csv": f"{data}/data/penguins.csv", "gone.md": f"{data}/README.md"},
        )
        ops.update_package_revision(
            "guides/compared",
            {"a.csv": f"{data}/data/by-island/dream.csv", "new.md": f"{data}/LICENSE.md"},
            remove=["gone.md"],
        )


def _run(command: list[str], environment: dict[str, str]) -> str:
    """What a command prints on a terminal, with its colours; notes are part of it."""
    program = shutil.which(command[0], path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if program is None:
        raise SystemExit(f"{command[0]} is not installed.")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(  # noqa: S603 - one of the commands above
        [program, *command[1:]],
        env={**environment, "PATH": f"{Path(program).parent}:{environment['PATH']}"},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    printed = io.BytesIO()
    while True:
        try:
            data = os.read(ours, 65536)
        except OSError:  # Linux says so when the other side is closed
            break
        if not data:
            break
        printed.write(data)
    os.close(ours)
    if process.wait() != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{printed.getvalue().decode()}")
    return printed.getvalue().decode().replace("\r\n", "\n")


def _picture(name: str, command: str, shown: str, width: int) -> str:
    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True)
    console.print(Text.assemble(("$ ", "bold green"), (command, "bold")))
    for line in shown.rstrip().splitlines():
        console.print(Text.from_ansi(line), overflow="fold", no_wrap=False)
    picture = console.export_svg(title=command, unique_id=name, code_format=_FORMAT)
    return "\n".join(line.rstrip() for line in picture.splitlines()) + "\n"


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else IMAGES, sys.argv[2:] or list(SCREENS))
