"""A short campaign of many writers; `make soak` runs long ones."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from writers import Storage, Told, judge  # noqa: E402

BASE, OURS, OTHERS = "a" * 64, "b" * 64, "c" * 64


@pytest.mark.parametrize("backend", ["mixed", "folder"])
def test_no_update_is_lost_silently(backend: str) -> None:
    command = [sys.executable, str(HERE / "writers.py"), "--backend", backend,
               "--updates", "36", "--packages", "3"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 problems" in done.stdout


def storage(*history: str) -> Storage:
    """A package whose latest revision is another writer's."""
    lines = [{"version": "v0"}, {"logical_key": "start"}, {"logical_key": "u2"}]
    pointers = {f"16000000{n:02}": one for n, one in enumerate(history)}
    return Storage(
        [
            (f".quilt/packages/{OTHERS}", "\n".join(map(json.dumps, lines)).encode()),
            *(
                (f".quilt/named_packages/t/p/{name}", top_hash.encode())
                for name, top_hash in {**pointers, "latest": OTHERS}.items()
            ),
        ]
    )


def test_missing_updates_are_noticed() -> None:
    told = Told(written={"u1": ("t/p", OURS), "u2": ("t/p", OTHERS)})
    problems, shared = judge(told, storage(BASE, OURS, OTHERS))
    assert (len(problems), shared) == (1, 0)
    assert "u1" in problems[0]
    assert judge(told, storage(BASE, OTHERS)) == ([], 1)
    told.named.add(("t/p", OURS))
    assert judge(told, storage(BASE, OURS, OTHERS)) == ([], 0)
    del told.written["u2"]
    problems, _ = judge(told, storage(BASE, OURS, OTHERS))
    assert problems == ["u2 is there, and nobody wrote it"]
