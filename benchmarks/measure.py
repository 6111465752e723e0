"""What all benchmarks share: medians, spread, and table rows with a goal each."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """Measured values: their median, and half the distance between the quartiles."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def spread(self) -> float:
        if len(self.values) < 4:
            return (max(self.values) - min(self.values)) / 2
        quarters = statistics.quantiles(self.values, n=4)
        return (quarters[2] - quarters[0]) / 2

    def show(self, unit: str, scale: float = 1.0) -> str:
        return f"{self.median * scale:,.4g} ± {self.spread * scale:,.2g} {unit}"


@dataclass(frozen=True)
class Row:
    """A row of the table: what was measured, ours, the peer's, the ratio or value, goal and limit.

    The limit is the least that any solution needs, measured or counted: the bytes that must be
    transferred, the round trips of the protocol, a plain loop over the underlying library.
    """

    what: str
    ours: str
    peer: str
    result: str
    goal: str
    met: bool
    limit: str


def timed(action: Callable[[], object], repeat: int) -> Sample:
    """Seconds that `action` takes, `repeat` times."""
    values = []
    for _ in range(repeat):
        start = time.perf_counter()
        action()
        values.append(time.perf_counter() - start)
    return Sample(tuple(values))


def timed_commands(
    commands: Sequence[Sequence[str]], repeat: int, environment: Mapping[str, str] | None = None
) -> list[Sample]:
    """Wall-clock seconds of each command, in turns, so that a busy spell affects all of them alike.

    A first round, which does not count, fills the caches and writes the compiled modules, as an
    installer does.
    """
    environment = {**(os.environ if environment is None else environment)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    values: list[list[float]] = [[] for _ in commands]
    for round_number in range(repeat + 1):
        for number, command in enumerate(commands):
            start = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True, env=environment)
            if round_number:
                values[number].append(time.perf_counter() - start)
    return [Sample(tuple(one)) for one in values]


def print_table(title: str, rows: Iterable[Row]) -> bool:
    """Print the rows as Markdown; return whether every goal is met."""
    rows = list(rows)
    print(f"\n### {title}\n")
    print("| what | ours | peer | limit | result | goal | met |")
    print("|---|---:|---:|---:|---:|---:|---|")
    for row in rows:
        met = "yes" if row.met else "**no**"
        cells = (row.what, row.ours, row.peer, row.limit, row.result, row.goal, met)
        print(f"| {' | '.join(cells)} |")
    sys.stdout.flush()
    return all(row.met for row in rows)
