"""The campaign of many writers: no update without `force` is lost silently.

    python tests/soak/writers.py --backend mixed --updates 1000 --writers 16 --seed 1

Each update adds one key to one of a few packages. Requests are delayed at random, and so are the
pointers that the registry writes; it has no lock here, just as a real registry has none. Afterwards
the packages are read from storage: for each update that is missing from `latest`, its own writer or
the one that wrote over it must have got a `ConflictError` that names both revisions. Two pushes in
the same second that meet at the registry share a pointer (docs/protocol.md, H.1): these are counted
separately. The exit code is 1 when an update is missing silently.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import Any

import attrs
from local_registry import FaultRule, LocalRegistry, RegistryConfig
from local_registry.testing import add_bucket, add_user

import quilt_core
from quilt_core import BackendError, ConflictError, QuiltOps

BACKENDS = {
    "platform": ("platform",),
    "quilt3": ("quilt3",),
    "mixed": ("platform", "quilt3"),
    "folder": ("quilt3",),
}
_POINTERS = ".quilt/named_packages/"
_LONGEST_GAP = 1.0
"""Seconds that the registry may take between its two pointers."""


@attrs.define
class Told:
    """What was reported to the writers.

    A report that the outcome is not known counts as a report.
    """

    written: dict[str, tuple[str, str]] = attrs.field(factory=dict)
    """By key: package and top hash."""
    named: set[tuple[str, str]] = attrs.field(factory=set)
    """Package and top hash of all revisions named by a conflict after a write."""
    unknown: set[str] = attrs.field(factory=set)
    """Keys whose writer was told that the outcome is not known."""
    counts: Counter[str] = attrs.field(factory=Counter)
    wrong: list[str] = attrs.field(factory=list)
    _lock: threading.Lock = attrs.field(factory=threading.Lock, repr=False)

    def update(self, ops: QuiltOps, package: str, key: str, uri: str) -> None:
        """Add a key to a package, and note how it ended."""
        try:
            made = ops.update_package_revision(package, {key: uri}, message=key)
        except ConflictError as error:
            with self._lock:
                self._conflict(error, package, key)
        except BackendError as error:
            # The registry cannot show a revision whose pointer was taken by another revision right
            # away, nor a history from which a pointer is removed while it is read.
            outcome = error.context.get("outcome")
            with self._lock:
                self.counts[f"error, {outcome}"] += 1
                if outcome == "unknown":
                    self.unknown.add(key)
                elif outcome != "not_written":
                    self.wrong.append(f"{key}: {error!r} with {dict(error.context)}")
        else:
            with self._lock:
                self.counts["written"] += 1
                self.written[key] = (package, made.top_hash)

    def _conflict(self, error: ConflictError, package: str, key: str) -> None:
        outcome = error.context.get("outcome")
        self.counts[f"conflict, {outcome}"] += 1
        if outcome == "written":
            ours = error.context["ours"]
            self.written[key] = (package, ours)
            self.named |= {(package, one) for one in (ours, *error.context["all_overwritten"])}
        elif outcome != "not_written" or error.expected == error.actual:
            self.wrong.append(f"{key}: {error!r} with {dict(error.context)}")


def judge(told: Told, storage: Storage) -> tuple[list[str], int]:
    """What is missing silently, and how many updates shared a pointer."""
    problems, shared = list(told.wrong), 0
    for key, (package, top_hash) in told.written.items():
        if key in storage.keys(package) or (package, top_hash) in told.named:
            continue
        if top_hash not in storage.history(package):
            shared += 1
        else:
            problems.append(f"{key} ({top_hash}) is missing from {package}, and nobody was told")
    there = {key for package in storage.packages for key in storage.keys(package)}
    problems += [
        f"{key} is there, and nobody wrote it"
        for key in there - set(told.written) - told.unknown - {"start"}
    ]
    return problems, shared


class Storage:
    """The packages as they are stored, read without the backends."""

    def __init__(self, files: Iterable[tuple[str, bytes]]) -> None:
        self._files = dict(files)
        self.packages = {
            name.removeprefix(_POINTERS).rpartition("/")[0]
            for name in self._files
            if name.startswith(_POINTERS)
        }

    @classmethod
    def of_bucket(cls, s3: Any, bucket: str) -> Storage:
        """Read a bucket's `.quilt`."""
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=".quilt/")
        names = [item["Key"] for page in pages for item in page.get("Contents", ())]
        return cls((k, s3.get_object(Bucket=bucket, Key=k)["Body"].read()) for k in names)

    @classmethod
    def of_folder(cls, folder: Path) -> Storage:
        """Read a folder's `.quilt`."""
        files = [path for path in (folder / ".quilt").rglob("*") if path.is_file()]
        return cls((path.relative_to(folder).as_posix(), path.read_bytes()) for path in files)

    def keys(self, package: str) -> set[str]:
        """The logical keys of the latest revision."""
        top_hash = self._files[f"{_POINTERS}{package}/latest"].decode()
        _, *lines = self._files[f".quilt/packages/{top_hash}"].splitlines()
        return {json.loads(line)["logical_key"] for line in lines}

    def history(self, package: str) -> set[str]:
        """The top hashes of all timestamp pointers."""
        prefix = f"{_POINTERS}{package}/"
        return {
            content.decode()
            for name, content in self._files.items()
            if name.startswith(prefix) and not name.endswith("/latest")
        }


def delays(seed: int) -> list[FaultRule]:
    """Requests that take long, in both directions."""
    slow = [
        (0.2, 300, "packageConstruct"),
        (0.05, 2500, "packageConstruct"),
        (0.2, 200, "packageState"),
        (0.1, 300, "PutObject"),
        (0.02, 1500, "PutObject"),
        (0.1, 200, "GetObject"),
    ]
    return [
        FaultRule.from_fields({
            "kind": "latency", "rate": rate, "milliseconds": milliseconds,
            "operation": operation, "seed": seed * 100 + number,
        })
        for number, (rate, milliseconds, operation) in enumerate(slow)
    ]  # fmt: skip


def unlock(registry: LocalRegistry, seed: int) -> None:
    """Let pushes of one package meet in the registry, and spend time between their pointers."""
    store: Any = registry.context.packages
    store.lock_of = lambda *_: nullcontext()
    rng = random.Random(seed)

    def slow(params: dict[str, Any], **_: object) -> None:
        if params["Key"].startswith(_POINTERS) and rng.random() < 0.3:
            time.sleep(rng.random() * _LONGEST_GAP)

    store.s3.meta.events.register("before-parameter-build.s3.PutObject", slow)


def run(backend: str, updates: int, writers: int, packages: int, seed: int) -> int:
    """Carry out a campaign and print its summary; returns the exit code."""
    with ExitStack() as stack:
        if backend == "folder":
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            (folder / "object").write_bytes(b"content")
            uri = quilt_core.FileUri(folder / "object").url
            registry_url = quilt_core.Registry(path=folder / "registry").url
            crew = [
                stack.enter_context(
                    quilt_core.connect("quilt3", registry=registry_url, use_quilt3_login=False)
                )
            ]
            prepare = lambda: None  # noqa: E731
            read = lambda: Storage.of_folder(folder / "registry")  # noqa: E731
        else:
            registry = stack.enter_context(LocalRegistry(RegistryConfig(seed="none")))
            bucket = add_bucket(registry)
            user = add_user(registry, writes=[bucket]).name
            os.environ["AWS_ENDPOINT_URL_S3"] = registry.endpoints.s3_endpoint
            registry.context.s3.put_object(Bucket=bucket, Key="object", Body=b"content")
            uri = f"s3://{bucket}/object"
            crew = [
                stack.enter_context(
                    quilt_core.connect(
                        name,
                        registry=f"s3://{bucket}",
                        catalog_url=registry.endpoints.catalog_url,
                        registry_url=registry.endpoints.registry_url,
                        token=registry.token(user),
                        region="us-east-1",
                        use_quilt3_login=False,
                    )
                )
                for name in BACKENDS[backend]
            ]

            def prepare() -> None:
                unlock(registry, seed)
                registry.faults.replace(delays(seed))

            def read() -> Storage:
                registry.faults.replace(())
                return Storage.of_bucket(registry.context.s3, bucket)

        names = [f"team/p{number}" for number in range(packages)]
        for name in names:
            crew[0].create_package_revision(name, {"start": uri})
        prepare()
        told, started = Told(), time.monotonic()
        rng = random.Random(seed)
        plan = [(rng.choice(names), f"u{number}") for number in range(updates)]
        with ThreadPoolExecutor(writers) as pool:
            for number, (name, key) in enumerate(plan):
                pool.submit(_one, told, crew[number % len(crew)], name, key, uri)
        seconds = time.monotonic() - started
        problems, shared = judge(told, read())
    print(f"{backend}: {updates} updates of {packages} packages by {writers} writers in "
          f"{seconds:.0f} s: {dict(told.counts)}, {shared} shared a pointer")  # fmt: skip
    for problem in problems[:20]:
        print(f"  WRONG: {problem}")
    print(f"  {len(problems)} problems")
    return 1 if problems else 0


def _one(told: Told, ops: QuiltOps, package: str, key: str, uri: str) -> None:
    try:
        told.update(ops, package, key, uri)
    except Exception as error:  # noqa: BLE001 - whatever it is, the campaign has failed
        told.wrong.append(f"{key}: {error!r}")


def main() -> None:
    """Run one campaign per backend."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", action="append", choices=list(BACKENDS))
    parser.add_argument("--updates", type=int, default=1000)
    parser.add_argument("--writers", type=int, default=16)
    parser.add_argument("--packages", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    os.environ["XDG_DATA_HOME"] = tempfile.mkdtemp()  # without a login of this machine's user
    codes = [
        run(one, options.updates, options.writers, options.packages, options.seed)
        for one in options.backend or list(BACKENDS)
    ]
    sys.exit(max(codes))


if __name__ == "__main__":
    main()
