"""Where seeds come from: the one of the demonstration, none, or a file."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from local_registry.seed.document import Seed, read_seed

DEMO = "demo"
NONE = "none"


def load_seed(name: str | Path) -> Seed:
    """The seed called `demo` or `none`, or the one in a file; raises `SeedError`."""
    if name == NONE:
        return Seed()
    if name == DEMO:
        with resources.as_file(resources.files("local_registry.seed") / "demo") as folder:
            return read_seed(folder / "seed.yaml")
    return read_seed(Path(name))


def penguins_folder() -> Path:
    """The folder with the Palmer penguins data (CC0) that the package ships."""
    with resources.as_file(resources.files("local_registry.seed") / "demo" / "penguins") as folder:
        return folder
