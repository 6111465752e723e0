"""What the facade costs compared with calling the backend's method directly.

python benchmarks/dispatch.py
"""

from __future__ import annotations

import argparse
import os
import sys
import timeit
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from measure import Row, Sample, print_table

os.environ["QUILT_CORE_EXTENSIONS"] = ""

import quilt_core
from quilt_core import BackendPlugin, PackageInfo, PackageName, Registry, RevisionRef, hookimpl
from quilt_core.hookspecs.around import OperationCall

_NOTE = "The result is what the facade costs beyond the direct call, with this many extensions."
INFO = PackageInfo(
    name="palmer/penguins", registry="s3://bucket", bucket="bucket", top_hash="a" * 64,
    modified=datetime(2026, 1, 1, tzinfo=UTC), message=None, metadata={}, workflow=None,
    total_entries=1, total_bytes=1,
)  # fmt: skip


class Packages:
    @hookimpl
    def get_package_info(
        self, package_name: PackageName, registry: Registry, top_hash: RevisionRef
    ) -> PackageInfo:
        return INFO


class Wrapper:
    @hookimpl(wrapper=True)
    def get_package_info(self) -> Iterator[None]:
        return (yield)  # type: ignore[return-value]


class Around:
    @hookimpl
    def around_operation(self, call: OperationCall) -> object:
        return call.proceed()


def microseconds(action: Callable[[], object], number: int, repeat: int) -> Sample:
    runs = timeit.repeat(action, number=number, repeat=repeat)
    return Sample(tuple(run / number * 1e6 for run in runs))


def rows(number: int, repeat: int) -> list[Row]:
    packages = Packages()

    def connect(extensions: list[object]) -> quilt_core.QuiltOps:
        backend = BackendPlugin(name="bench", hook_version=1, implementers=[packages])
        return quilt_core.connect(backend, registry="s3://bucket", extensions=extensions)

    name, registry = PackageName.parse("palmer/penguins"), Registry.parse("s3://bucket")
    latest = RevisionRef.parse(None)
    direct = microseconds(lambda: packages.get_package_info(name, registry, latest), number, repeat)
    result = []
    cases: tuple[tuple[str, list[object], float | None], ...] = (
        ("0 wrappers", [], 10.0),
        ("10 wrappers", [Wrapper() for _ in range(10)], 25.0),
        ("1 hook around every operation", [Around()], None),
    )
    for what, extensions, goal in cases:
        ops = connect(extensions)
        facade = microseconds(
            lambda ops=ops: ops.get_package_info("palmer/penguins"), number, repeat
        )
        cost = facade.median - direct.median
        result.append(
            Row(
                what=f"facade, pluggy, value objects, {what}",
                ours=facade.show("µs"),
                limit=f"direct call {direct.show('µs')}",
                result=f"+{cost:.1f} µs",
                goal="" if goal is None else f"≤ {goal:.0f} µs",
                met=None if goal is None else cost <= goal,
            )
        )
    return result


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=20_000)
    parser.add_argument("--repeat", type=int, default=9)
    arguments = parser.parse_args()
    table = rows(arguments.number, arguments.repeat)
    sys.exit(not print_table("Dispatch", table, _NOTE))
