"""`quiltops new-backend`: a skeleton of a backend, as a distribution of its own."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import click

from quilt_core.cli.options import Command
from quilt_core.cli.paths import LocalPath
from quilt_core.cli.terminal import note
from quilt_core.errors import ConflictError, ValidationError
from quilt_core.plugins.records import RESERVED_BACKENDS

_FILES = {
    "pyproject.toml.template": "pyproject.toml",
    "README.md.template": "README.md",
    "package/__init__.py.template": "{package}/__init__.py",
    "package/packages.py.template": "{package}/packages.py",
    "package/conformance.py.template": "{package}/conformance.py",
    "tests/test_conformance.py.template": "tests/test_conformance.py",
}


@click.command(cls=Command)
@click.argument("name")
@click.option(
    "--directory",
    type=LocalPath(),
    help="The target folder; ./quiltops-NAME by default.",
)
def new_backend(name: str, directory: Path | None) -> None:
    """Write a skeleton of a backend called NAME.

    It can be installed and is found as the backend NAME. It supports `get_registry_url`, and
    reports that it does not support any other operation yet.

    Example: quiltops new-backend my-store
    """
    if not re.fullmatch(r"[a-z][a-z0-9_-]*", name):
        raise ValidationError(
            f"{name!r} is not a backend's name.", hint="It looks like 'my-store'."
        )
    if name in RESERVED_BACKENDS:
        raise ValidationError(
            f"The name {name!r} belongs to {RESERVED_BACKENDS[name]}: a backend of another "
            "distribution would be skipped.",
            hint="Choose another name, such as 'my-store'.",
        )
    target = directory or Path(f"quiltops-{name}")
    try:
        _write(name, target)
    except OSError as error:
        raise ValidationError(f"{target} cannot be written: {error.strerror or error}.") from error
    note(f"Wrote {target}. Next: pip install -e {target} && pytest {target}")


def _write(name: str, target: Path) -> None:
    if target.exists() and any(target.iterdir()):
        raise ConflictError(f"{target} already exists and is not empty.")
    package = f"{name.replace('-', '_')}_backend"
    template = files("quilt_core") / "templates" / "backend"
    for source, path in _FILES.items():
        text = template.joinpath(source).read_text(encoding="utf-8")
        text = text.replace("{{name}}", name).replace("{{package}}", package)
        destination = target / path.format(package=package)
        destination.parent.mkdir(parents=True, exist_ok=True)
        destination.write_text(text, encoding="utf-8")
    (target / package / "py.typed").touch()
