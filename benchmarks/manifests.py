"""Manifests of a million entries: compare, hash, read and list, against quilt3.

python benchmarks/manifests.py --peer-python PATH [--entries N] [--repeat N]

Each measurement runs in a process of its own, so that its peak memory can be told apart: the
largest resident set that Linux reports (VmHWM), interpreter and libraries included. For "top hash"
the entries were read before, and are in memory on both sides. The limit of a time is a plain loop
that does only what every solution must do, measured in the same turns; the limit of memory is an
interpreter with the libraries.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from measure import Row, Sample, print_table

from quilt_core.manifest import EntryHash, ManifestEntry, ManifestHeader, write_manifest

_MEASURE = """
import json, os, sys, time
os.environ["QUILT_DISABLE_USAGE_METRICS"] = "1"
os.environ["QUILT_MINIMIZE_STDOUT"] = "true"
first, second = sys.argv[1:]
{setup}
start = time.perf_counter()
{work}
seconds = time.perf_counter() - start
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
peak = int(status["VmHWM"].split()[0]) * 1024
print(json.dumps({{"answer": answer, "seconds": seconds, "peak": peak}}))
"""
_OURS = {
    "diff": (
        "from quilt_core.manifest import diff_manifests",
        "answer = len(diff_manifests(lambda: open(first, 'rb'), lambda: open(second, 'rb')))",
    ),
    "diff, unsorted": (
        "from quilt_core.manifest import diff_manifests",
        "answer = len(diff_manifests(lambda: open(first, 'rb'), lambda: open(second, 'rb')))",
    ),
    "top hash": (
        "from quilt_core.manifest import compute_top_hash, read_manifest\n"
        "reader = read_manifest(open(first, 'rb'))\n"
        "header, entries = reader.header, list(reader.entries())",
        "answer = compute_top_hash(header, entries)",
    ),
    "read and compute top hash": (
        "from quilt_core.manifest import compute_top_hash, use_entries",
        "answer = use_entries(lambda: open(first, 'rb'), compute_top_hash)",
    ),
    "read": (
        "from quilt_core.manifest import read_manifest",
        "answer = sum(1 for _ in read_manifest(open(first, 'rb')).entries())",
    ),
    "one directory": (
        "from quilt_core.manifest import list_directory, read_manifest",
        "answer = len(list_directory(read_manifest(open(first, 'rb')), 'd00001').files)",
    ),
}
_LOAD = "from quilt3 import Package"
_PEER_DIFF = (
    _LOAD,
    "one, two = (Package.load(open(path, encoding='utf-8')) for path in (first, second))\n"
    "answer = sum(len(part) for part in one.diff(two))",
)
_PEERS = {
    "diff": _PEER_DIFF,
    "diff, unsorted": _PEER_DIFF,
    "top hash": (
        f"{_LOAD}\npackage = Package.load(open(first, encoding='utf-8'))",
        "answer = package.top_hash",
    ),
    "read and compute top hash": (
        _LOAD,
        "answer = Package.load(open(first, encoding='utf-8')).top_hash",
    ),
    "read": (
        _LOAD,
        "answer = sum(1 for _ in Package.load(open(first, encoding='utf-8')).walk())",
    ),
    "one directory": (
        _LOAD,
        "answer = len(list(Package.load(open(first, encoding='utf-8'))['d00001']))",
    ),
}
_BOTH = "one, two = open(first, 'rb'), open(second, 'rb')\n"
_LIMITS = {
    "diff": (
        "comparing the files' bytes",
        "",
        f"{_BOTH}answer = sum(a != b for a, b in iter(lambda: (one.read(65536), two.read(65536)), "
        "(b'', b'')))",
    ),
    "diff, unsorted": (
        "the files' lines as two sets",
        "",
        f"{_BOTH}answer = len({{*one}} ^ {{*two}})",
    ),
    "top hash": (
        "SHA-256 of the file's bytes in memory",
        "import hashlib\ndata = open(first, 'rb').read()",
        "answer = hashlib.sha256(data).hexdigest()",
    ),
    "read and compute top hash": (
        "decoding each line with msgspec, SHA-256 of the lines",
        "import hashlib\nfrom msgspec.json import decode\ndigest = hashlib.sha256()",
        "for line in open(first, 'rb'):\n    decode(line)\n    digest.update(line)\n"
        "answer = digest.hexdigest()",
    ),
    "read": (
        "decoding each line with msgspec",
        "from msgspec.json import decode",
        "answer = sum(1 for line in open(first, 'rb') if decode(line))",
    ),
    "one directory": (
        "looking for the directory's name in each line",
        "",
        "answer = sum(b'd00001/' in line for line in open(first, 'rb'))",
    ),
}
"""What each operation is based on, as a plain loop: a description, the setup, and the loop."""
_LIBRARIES = ("import hashlib, json, msgspec", "answer = 0")
"""The memory that any solution needs."""
_GOALS = {"diff": (20, 40), "top hash": (8, None), "read and compute top hash": (8, 20)}


def main(arguments: Sequence[str] | None = None) -> bool:
    """Measure, print the table, and return whether the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer-python", required=True, help="an interpreter with quilt3 8.x")
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        files = write_files(Path(folder), options.entries)
        rows = [
            row for what in _OURS for row in compare(what, files[what == "diff, unsorted"], options)
        ]
    return print_table(f"Manifests of {options.entries:,} entries, peer: quilt3", rows)


def write_files(folder: Path, count: int) -> tuple[tuple[Path, Path], tuple[Path, Path]]:
    """Two manifests that differ in every 1000th entry, sorted and unsorted."""
    in_order = folder / "first.jsonl", folder / "second.jsonl"
    for changes, path in enumerate(in_order):
        with path.open("wb") as sink:
            write_manifest(ManifestHeader(message="made"), [], many_entries(count, changes), sink)
    unsorted = folder / "first-unsorted.jsonl", folder / "second-unsorted.jsonl"
    for source, target in zip(in_order, unsorted, strict=True):
        header, *lines = source.read_bytes().splitlines(keepends=True)
        middle = len(lines) // 2
        target.write_bytes(header + b"".join(lines[middle:] + lines[:middle]))
    return in_order, unsorted


def many_entries(
    count: int, changes: int, physical_key: str | None = None
) -> Iterator[ManifestEntry]:
    """Entries in order; every 1000th depends on `changes`."""
    for number in range(count):
        digest = f"{number + (changes if number % 1000 == 0 else 0):064x}"
        yield ManifestEntry(
            logical_key=f"d{number // 1000:05}/file-{number:08}.parquet",
            physical_key=physical_key
            or f"s3://some-bucket/some/folder/file-{number:08}.parquet?versionId=v{number}",
            size=1_000_000 + number,
            hash=EntryHash("sha2-256-chunked", digest),
            meta={},
        )


def compare(what: str, files: tuple[Path, Path], options: argparse.Namespace) -> Iterator[Row]:
    """One row for the time and one for the memory."""
    ours, theirs, plain = [], [], []
    words, *loop = _LIMITS[what]
    for _ in range(options.repeat):
        ours.append(_run(sys.executable, _OURS[what], files))
        theirs.append(_run(options.peer_python, _PEERS[what], files))
        plain.append(_run(sys.executable, (loop[0], loop[1]), files))
    libraries = _run(sys.executable, _LIBRARIES, files)["peak"]
    if ours[0]["answer"] != theirs[0]["answer"]:
        raise SystemExit(f"{what}: {ours[0]['answer']} here, {theirs[0]['answer']} there")
    speed, memory = _GOALS.get(what, (None, None))
    limit = f"{words} {Sample(tuple(one['seconds'] for one in plain)).show('s')}"
    yield _row(what, "time", "seconds", (ours, theirs), ("s", 1), speed, limit)
    limit = f"the libraries {libraries / 1e6:.0f} MB"
    yield _row(what, "peak memory", "peak", (ours, theirs), ("MB", 1e-6), memory, limit)


def _run(python: str, code: tuple[str, str], files: tuple[Path, Path]) -> dict[str, float]:
    text = _MEASURE.format(setup=code[0], work=code[1])
    done = subprocess.run(
        [python, "-c", text, *map(str, files)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _row(
    what: str,
    kind: str,
    key: str,
    pair: tuple[list[dict[str, float]], list[dict[str, float]]],
    unit: tuple[str, float],
    goal: float | None,
    limit: str,
) -> Row:
    mine, peer = (Sample(tuple(one[key] for one in values)) for values in pair)
    ratio = peer.median / mine.median
    return Row(
        what=f"{what}, {kind}",
        ours=mine.show(*unit),
        peer=peer.show(*unit),
        result=f"{ratio:.1f}×",
        goal="" if goal is None else f"≥ {goal}×",
        met=goal is None or ratio >= goal,
        limit=limit,
    )


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
