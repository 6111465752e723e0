"""What starting costs: importing the package, the command's help, and a whole command.

python benchmarks/startup.py --peer-python .bench/peers/bin/python

The limit of each is what Python takes to import only the libraries that the work needs.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from local_registry import LocalRegistry, RegistryConfig
from measure import Row, Sample, print_table, timed_commands

_NOTE = """Imports are what they take beyond starting Python; of a command, all is counted."""
_NAMES_MS = 120
"""Milliseconds that importing the names of the facade may take."""
_TIMES_THE_LIBRARIES = 2.0
"""How many times the time of importing click and requests a whole command may take."""


def minus(sample: Sample, bare: Sample) -> Sample:
    """What is left after subtracting the time of starting Python itself."""
    return Sample(tuple(value - bare.median for value in sample.values))


def ms(sample: Sample) -> str:
    """The sample in milliseconds."""
    return sample.show("ms", 1000)


def imports(peer_python: str, repeat: int) -> list[Row]:
    """Importing the package and its names, and the help."""
    ours, bin_folder = sys.executable, Path(sys.executable).parent
    peer_bin = Path(peer_python).parent
    bare, bare_peer, imported, facade, stands_on, imported_peer, help_ours, click, help_peer = (
        timed_commands(
            [
                [ours, "-c", "pass"],
                [peer_python, "-c", "pass"],
                [ours, "-c", "import quilt_core"],
                [ours, "-c", "from quilt_core import connect, hookimpl, PackageInfo"],
                [ours, "-c", "import attrs, pluggy"],
                [peer_python, "-c", "import quilt3"],
                [str(bin_folder / "quiltops"), "--help"],
                [ours, "-c", "import attrs, click, pluggy"],
                [str(peer_bin / "quilt3"), "--help"],
            ],
            repeat,
        )
    )
    peer, names = minus(imported_peer, bare_peer), minus(facade, bare)
    package, libraries = minus(imported, bare), minus(stands_on, bare)
    return [
        Row(
            what="import quilt_core",
            ours=ms(package),
            peer=f"import quilt3 {ms(peer)}",
            limit="an empty module, 0 ms",
            result=f"{peer.median / package.median:.1f}× faster",
            goal="≥ 8×",
            met=peer.median >= 8 * package.median,
        ),
        Row(
            what="import quilt_core and use its facade's names",
            ours=ms(names),
            peer=f"import quilt3 {ms(peer)}",
            limit=f"import attrs, pluggy {ms(libraries)}",
            result=f"{peer.median / names.median:.1f}× faster",
            goal=f"≤ {_NAMES_MS} ms",
            met=names.median * 1000 <= _NAMES_MS,
        ),
        Row(
            what="quiltops --help, whole process",
            ours=ms(help_ours),
            peer=f"quilt3 --help {ms(help_peer)}",
            limit=f"import attrs, click, pluggy {ms(click)}",
            result=f"{help_peer.median / help_ours.median:.1f}× faster",
            goal="≥ 3×",
            met=help_peer.median >= 3 * help_ours.median,
        ),
    ]


def command(repeat: int) -> Row:
    """A command that asks a registry, compared with the libraries that it cannot do without."""
    program = str(Path(sys.executable).parent / "quiltops")
    with (
        LocalRegistry(RegistryConfig(seed="demo")) as registry,
        tempfile.TemporaryDirectory() as home,
    ):
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": home,
            "QUILT_BACKEND": "platform",
            **registry.client_env("reader", bucket="demo-data"),
        }
        listed, libraries = timed_commands(
            [[program, "packages", "list"], [sys.executable, "-c", "import click, requests"]],
            repeat,
            environment,
        )
    ratio = listed.median / libraries.median
    return Row(
        what="quiltops packages list, platform, whole process",
        ours=ms(listed),
        limit=f"import click, requests {ms(libraries)}",
        result=f"{ratio:.1f}× the limit",
        goal=f"≤ {_TIMES_THE_LIBRARIES:g}×",
        met=ratio <= _TIMES_THE_LIBRARIES,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer-python", required=True)
    parser.add_argument("--repeat", type=int, default=9)
    options = parser.parse_args()
    table = [*imports(options.peer_python, options.repeat), command(options.repeat)]
    sys.exit(not print_table("Start-up, peer: quilt3", table, _NOTE))
