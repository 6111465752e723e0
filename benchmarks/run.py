"""Run every benchmark and keep the tables: `make bench`.

python benchmarks/run.py [--quick] [--only PROGRAM]

Installs the peers (quilt3 8.x and quilt-mcp 0.22) into `.bench/peers` first. Each program writes
its own section of benchmarks/RESULTS.md as soon as it has ended; `--only transfer.py` (`make bench
ONLY=transfer.py`) runs one and leaves the others' sections as they are. Exits with 0 whether or not
the goals are met: a table is not a test. If a program prints no table, the run ends with its name,
and its section stays as it is.

The quick form (`make bench QUICK=1`) takes a few minutes: smaller packages and few repetitions,
which only show whether something has become much slower. Its tables are printed and not kept.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import platform
import resource
import subprocess
import sys
import time
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from results import RESULTS, ROOT, write_section, write_summary

PEERS = ROOT / ".bench" / "peers"
REQUIREMENTS = ("quilt3>=8,<9", "quilt-mcp>=0.22,<0.23")


@dataclass(frozen=True)
class Benchmark:
    """A program, its arguments in both forms, and how long the whole form takes."""

    program: str
    minutes: float
    """About how long the whole form takes on 2 cores that do nothing else."""
    quick: str = ""
    """The arguments of the quick form."""
    full: str = ""
    """The arguments of the whole form."""
    needs_peer: bool = True

    def command(self, peer: Path, *, quick: bool) -> list[str]:
        """The program and its arguments; `peer` is an interpreter with the peers."""
        named = ["--peer-python", str(peer)] if self.needs_peer else []
        return [self.program, *named, *(self.quick if quick else self.full).split()]


BENCHMARKS = (
    Benchmark("dispatch.py", 0.2, "--number 5000 --repeat 3", needs_peer=False),
    Benchmark("startup.py", 1, "--repeat 3"),
    Benchmark("round_trips.py", 1),
    Benchmark("packages.py", 6, "--entries 10000 --limit 15"),
    Benchmark("manifests.py", 5, "--entries 50000 --repeat 1"),
    Benchmark("transfer.py", 7, "--files 100 --large 8 --many 2000 --repeat 1 --latency 30"),
    Benchmark("query.py", 1, "--packages 100", needs_peer=False),
    Benchmark("tenants.py", 4, "--calls 100 --repeat 1 --long 2000"),
    Benchmark(
        "s3_servers.py", 2, "--requests 40 --rounds 2 --uploads 64 --objects 500", needs_peer=False
    ),
    Benchmark(
        "growth.py", 7, "--entries 10000 --packages 100 --repeat 1", "--write", needs_peer=False
    ),
)


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


class Load:
    """What else the machine does while a program runs (Linux)."""

    def __init__(self) -> None:
        self._average = os.getloadavg()[0]
        self._start, self._busy, self._own = time.monotonic(), _busy_seconds(), _child_seconds()

    def describe(self) -> str:
        """The load at the start, and the processor time that was used by others since."""
        seconds = time.monotonic() - self._start
        others = _busy_seconds() - self._busy - (_child_seconds() - self._own)
        share = max(0.0, others) / seconds / (os.cpu_count() or 1)
        return (
            f"load {self._average:.1f} at the start, {share:.0%} of the processors' time used by "
            f"other work, {seconds / 60:.1f} minutes"
        )


def _busy_seconds() -> float:
    """Seconds for which the machine's processors were busy since it started."""
    fields = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:9]
    idle_and_waiting = {3, 4}
    ticks = sum(int(one) for place, one in enumerate(fields) if place not in idle_and_waiting)
    return ticks / os.sysconf("SC_CLK_TCK")


def _child_seconds() -> float:
    """Processor seconds of the programs that have ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks one after the other, each in a process of its own."""
    programs = [one.program for one in BENCHMARKS]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller packages, few repetitions")
    parser.add_argument("--only", action="append", choices=programs, help="may be repeated")
    options = parser.parse_args(arguments)
    chosen = [one for one in BENCHMARKS if one.program in (options.only or programs)]
    peer = peer_python()
    if not options.quick:
        print(f"About {sum(one.minutes for one in chosen):.0f} minutes.", file=sys.stderr)
    for one in chosen:
        load = Load()
        tables = run(*one.command(peer, quick=options.quick))
        print(f"{one.program}: {load.describe()}", file=sys.stderr, flush=True)
        if not options.quick:
            write_section(one.program, f"{measured(load)}\n{tables}", programs)
    if options.quick:
        print(f"\nA quick run: {RESULTS.relative_to(ROOT)} stays as it is.")
    else:
        write_summary()
    return 0


def measured(load: Load) -> str:
    """When, where and beside what a program was run."""
    return f"Measured {datetime.now(UTC).date()} on {machine()}, {load.describe()}."


def run(program: str, *arguments: str) -> str:
    """What a benchmark prints, which is also shown as it arrives."""
    kept = io.StringIO()
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
    return kept.getvalue()


if __name__ == "__main__":
    sys.exit(main())
