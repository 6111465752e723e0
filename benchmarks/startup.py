"""What starting costs: importing the package, and the command's help.

python benchmarks/startup.py --peer-python .bench/peers/bin/python
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from measure import Row, Sample, print_table, timed_commands


def minus(sample: Sample, bare: Sample) -> Sample:
    return Sample(tuple(value - bare.median for value in sample.values))


def rows(peer_python: str, repeat: int) -> list[Row]:
    ours, bin_folder = sys.executable, Path(sys.executable).parent
    peer_bin = Path(peer_python).parent
    bare, bare_peer, imported, facade, imported_peer, help_ours, help_peer = timed_commands(
        [
            [ours, "-c", "pass"],
            [peer_python, "-c", "pass"],
            [ours, "-c", "import quilt_core"],
            [ours, "-c", "from quilt_core import connect, hookimpl, PackageInfo"],
            [peer_python, "-c", "import quilt3"],
            [str(bin_folder / "quiltops"), "--help"],
            [str(peer_bin / "quilt3"), "--help"],
        ],
        repeat,
    )
    peer = minus(imported_peer, bare_peer)
    lines = []
    for what, sample, goal in (
        ("import quilt_core", minus(imported, bare), 8.0),
        ("import quilt_core and use its facade's names", minus(facade, bare), None),
    ):
        ratio = peer.median / sample.median
        lines.append(
            Row(
                what,
                sample.show("ms", 1000),
                f"import quilt3 {peer.show('ms', 1000)}",
                f"{ratio:.1f}× faster",
                f"≥ {goal:.0f}×" if goal else "(shown for honesty)",
                goal is None or ratio >= goal,
            )
        )
    ratio = help_peer.median / help_ours.median
    lines.append(
        Row(
            "quiltops --help, whole process",
            help_ours.show("ms", 1000),
            f"quilt3 --help {help_peer.show('ms', 1000)}",
            f"{ratio:.1f}× faster",
            "≥ 3×",
            ratio >= 3,
        )
    )
    return lines


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer-python", required=True)
    parser.add_argument("--repeat", type=int, default=9)
    arguments = parser.parse_args()
    sys.exit(not print_table("Start-up", rows(arguments.peer_python, arguments.repeat)))
