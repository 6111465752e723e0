"""Calls operations of one backend, ours or the peer's; run by other benchmarks as a process.

worker.py quilt_core|quilt_mcp platform|quilt3

Reads a JSON line with a list of `[operation, arguments]` pairs to call in turn from standard input,
and prints a JSON line: seconds, CPU seconds, the size of the last answer or the error, and by how
many bytes the calls increased the peak memory (Linux). Environment variables say where the registry
is; nothing else is shared with the process that measures.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

STATUS, CLEAR_REFS = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def ours(backend: str) -> Any:
    import quilt_core

    return quilt_core.connect(backend, use_quilt3_login=False)


def peer(backend: str) -> Any:
    """The peer's backend; its token is passed to it, because it looks for one elsewhere."""
    if backend == "platform":
        from quilt_mcp.backends.platform_backend import Platform_Backend

        Platform_Backend._load_access_token = lambda self: os.environ["BENCH_TOKEN"]
        return Platform_Backend()
    import quilt3
    from quilt_mcp.backends.quilt3_backend import Quilt3_Backend

    quilt3.config(os.environ["QUILT_CATALOG_URL"])
    return Quilt3_Backend()


def main() -> None:
    where, backend = sys.argv[1:]
    answers = sys.stdout
    sys.stdout = sys.stderr  # what the libraries print is not part of the answer
    ops = ours(backend) if where == "quilt_core" else peer(backend)
    for line in sys.stdin:
        before, start, busy = forget_peak(), time.perf_counter(), time.process_time()
        try:
            answer: Any = None
            for operation, given in json.loads(line):
                swapped = where == "quilt_mcp" and operation == "delete_package"
                arguments = given[::-1] if swapped else given  # the registry comes first there
                answer = getattr(ops, operation)(*arguments)
                if operation == "browse_content" and not isinstance(answer, list):
                    answer = sum(1 for _ in answer)
            told = {"seconds": time.perf_counter() - start, "size": size(answer)}
        except Exception as error:  # noqa: BLE001 - whatever the peer raises is its answer
            told = {"seconds": time.perf_counter() - start, "error": f"{error}"[:200]}
        told |= {"growth": status("VmHWM") - before, "cpu": time.process_time() - busy}
        print(json.dumps(told), file=answers, flush=True)


def forget_peak() -> int:
    """Reset the peak of memory; returns the bytes that are in use."""
    CLEAR_REFS.write_text("5")
    return status("VmRSS")


def status(name: str) -> int:
    """Bytes of memory: `VmRSS` is what is in use, `VmHWM` the most that was in use."""
    lines = dict(line.split(":", 1) for line in STATUS.read_text().splitlines())
    return int(lines[name].split()[0]) * 1024


def size(answer: Any) -> int:
    if isinstance(answer, int):
        return int(answer)
    if isinstance(answer, (list, dict)):
        return len(answer)
    return 0 if answer is None else 1


if __name__ == "__main__":
    main()
