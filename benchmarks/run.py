"""Run every benchmark and keep the tables: `make bench`.

python benchmarks/run.py [--quick]

Installs the peers (quilt3 8.x and quilt-mcp 0.22) into `.bench/peers` first, and writes
benchmarks/RESULTS.md. Exits with 0 whether or not the goals are met: a table is not a test. If a
benchmark prints no table, the run ends with its name and RESULTS.md stays as it is.

The quick form (`make bench QUICK=1`) takes minutes: smaller packages and few repetitions, which
only show whether something has become much slower. Its tables are printed and not kept.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import platform
import subprocess
import sys
import time
import venv
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PEERS = ROOT / ".bench" / "peers"
REQUIREMENTS = ("quilt3>=8,<9", "quilt-mcp>=0.22,<0.23")
RESULTS = ROOT / "benchmarks" / "RESULTS.md"


def peer_python() -> Path:
    """A Python interpreter with the peers, which are installed if they are missing."""
    python = PEERS / "bin" / "python"
    if not python.exists():
        venv.create(PEERS, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *REQUIREMENTS], check=True)
    return python


def machine() -> str:
    """What the numbers were measured on, in one line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}"
    )


def programs(peer: Sequence[str], *, quick: bool) -> list[list[str]]:
    """The benchmarks with their arguments.

    Parameters
    ----------
    peer:
        The argument that names the interpreter with the peers.
    quick:
        Whether smaller packages and few repetitions are enough.
    """
    if quick:
        return [
            ["dispatch.py", "--number", "5000", "--repeat", "3"],
            ["startup.py", *peer, "--repeat", "3"],
            ["round_trips.py", *peer],
            ["packages.py", *peer, "--entries", "10000", "--limit", "20"],
            ["manifests.py", *peer, "--entries", "100000", "--repeat", "1"],
            ["transfer.py", *peer, "--files", "100", "--large", "8", "--many", "2000",
             "--repeat", "1"],
            ["query.py", "--packages", "100"],
            ["tenants.py", *peer, "--calls", "200", "--repeat", "1", "--long", "5000"],
            ["s3_servers.py", "--requests", "50", "--uploads", "128", "--objects", "1000"],
            ["growth.py", "--entries", "10000", "--writes", "10000", "--packages", "100",
             "--repeat", "1"],
        ]  # fmt: skip
    return [
        ["dispatch.py"],
        ["startup.py", *peer],
        ["round_trips.py", *peer],
        ["packages.py", *peer],
        ["packages.py", *peer, "--entries", "1000000", "--limit", "300"],
        ["manifests.py", *peer],
        ["transfer.py", *peer],
        ["query.py"],
        ["tenants.py", *peer],
        ["s3_servers.py"],
        ["growth.py"],
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks one after the other, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller packages, few repetitions")
    options = parser.parse_args(arguments)
    peer = ["--peer-python", str(peer_python())]
    tables = [run(*program) for program in programs(peer, quick=options.quick)]
    if options.quick:
        print(f"\nA quick run: {RESULTS.relative_to(ROOT)} stays as it is.")
        return 0
    when = datetime.now(UTC).date()
    RESULTS.write_text(
        f"# Results\n\nMeasured {when} by `make bench` on {machine()}; medians ± half the "
        f"distance between the quartiles.\n{''.join(tables)}",
        encoding="utf-8",
    )
    return 0


def run(program: str, *arguments: str) -> str:
    """What a benchmark prints, which is also shown as it arrives."""
    kept, start = io.StringIO(), time.monotonic()
    with subprocess.Popen(
        [sys.executable, str(ROOT / "benchmarks" / program), *arguments],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        for line in process.stdout:
            for stream in (kept, sys.stdout):
                with contextlib.suppress(BrokenPipeError):
                    print(line, end="", file=stream, flush=True)
    if "### " not in kept.getvalue():
        sys.exit(f"{program} printed no table.")
    print(f"{program} took {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
    return kept.getvalue()


if __name__ == "__main__":
    sys.exit(main())
