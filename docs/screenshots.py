"""Write docs/images: what commands print on a terminal, and a page in the browser.

python docs/screenshots.py [FOLDER [NAME…]]

Everything comes from a local registry. `browser` needs playwright and Chromium, which
`make test-browser` installs and names.
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
    "ten-lines": ("python birds.py", 64),
    "tree": ("quiltops content tree palmer/penguins", 72),
}
BROWSER = "browser"
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
        # `_publish` reads manifests in this process.
        os.environ["AWS_ENDPOINT_URL_S3"] = registry.endpoints.s3_endpoint
        _publish(registry)
        if BROWSER in names:
            _photograph(folder / f"{BROWSER}.png", Path(home), environment)
        _write_program(Path(home))
        for name in names:
            if name == BROWSER:
                continue
            command, width = SCREENS[name]
            shown = _run(command.split(), Path(home), {**environment, "COLUMNS": str(width)})
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
        "LC_ALL": "C.UTF-8",
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


def _write_program(folder: Path) -> None:
    """The ten lines of the first page, as a program."""
    page = (IMAGES.parent / "index.md").read_text(encoding="utf-8")
    block = re.search(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    if block is None:
        raise SystemExit("docs/index.md has no Python.")
    (folder / "birds.py").write_text(block[1], encoding="utf-8")


def _photograph(path: Path, home: Path, environment: dict[str, str]) -> None:
    """The package of the quick start, as the registry's own catalog shows it."""
    from playwright.sync_api import sync_playwright

    (home / "birds").mkdir()
    (home / "birds" / "README.md").write_text("# Birds that I saw\n")
    (home / "birds" / "counts.csv").write_text("species,count\nAdelie,152\nGentoo,124\n")
    push = ["quiltops", "push", "birds", "team/birds", "--message", "My first package"]
    _run(push, home, environment)
    address = _run(["quiltops", "open", "team/birds", "--print"], home, environment).strip()
    chromium = os.environ.get("QUILT_TEST_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 960, "height": 600})
        page.goto(address)
        page.get_by_role("button", name="writer").click()
        page.get_by_text("counts.csv").first.wait_for()
        page.screenshot(path=path)
        browser.close()
    _run(["quiltops", "packages", "delete", "team/birds", "--yes"], home, environment)


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    """What a command prints on a terminal, with its colours; notes are part of it."""
    program = shutil.which(command[0], path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if program is None:
        raise SystemExit(f"{command[0]} is not installed.")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(  # noqa: S603 - one of the commands above
        [program, *command[1:]],
        cwd=folder,
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
    shown = printed.getvalue().decode().replace("\r\n", "\n")
    # Progress that was drawn, where the machine is slow, and taken away again.
    shown = re.sub(r"\x1b\[\?25l.*?\x1b\[\?25h", "", shown, flags=re.DOTALL)
    return re.sub(r"\r?(?:\x1b\[1A|\x1b\[2K)+", "", shown)


def _picture(name: str, command: str, shown: str, width: int) -> str:
    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True)
    console.print(Text.assemble(("$ ", "bold green"), (command, "bold")))
    for line in shown.rstrip().splitlines():
        console.print(Text.from_ansi(line), overflow="fold", no_wrap=False)
    picture = console.export_svg(title=command, unique_id=name, code_format=_FORMAT)
    return "\n".join(line.rstrip() for line in picture.splitlines()) + "\n"


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else IMAGES, sys.argv[2:] or [*SCREENS, BROWSER])
