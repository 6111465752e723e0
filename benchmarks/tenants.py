"""Many tenants: 200 identities in 32 threads, a connection for each call, against the peer.

python benchmarks/tenants.py --peer-python PATH [--tenants N] [--calls N]

Each call is a request of another tenant: a connection with the tenant's JWT is made, one operation
called, and the connection closed. The peer has one backend instance per request, as its own server
makes them. Memory is what the process has grown by between the first and the last quarter.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from local_registry import LocalRegistry, RegistryConfig
from local_registry.testing import add_user
from measure import Row, print_table

_GOAL = 5
_SERVE = """
import json, os, sys, threading, time
from concurrent.futures import ThreadPoolExecutor
tokens, calls, threads = json.load(sys.stdin)
{setup}
def resident():
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
    return int(status["VmRSS"].split()[0]) * 1024
memory = []
def work(number):
    if number in (calls // 4, calls - 1):
        memory.append(resident())
    token = tokens[number % len(tokens)]
{work}
start = time.perf_counter()
with ThreadPoolExecutor(threads) as pool:
    wrong = sum(not right for right in pool.map(work, range(calls)))
seconds = time.perf_counter() - start
print(json.dumps({{"seconds": seconds, "wrong": wrong, "growth": memory[-1] - memory[0]}}))
"""
_OURS = (
    "import quilt_core\nregistry_url = os.environ['QUILT_REGISTRY_URL']",
    """    with quilt_core.connect("platform", token=token, use_quilt3_login=False) as ops:
        return len(ops.list_all_packages("s3://demo-data")) == 1""",
)
_PEER = (
    "from quilt_mcp.backends.platform_backend import Platform_Backend\n"
    "mine = threading.local()\n"
    "Platform_Backend._load_access_token = lambda self: mine.token",
    """    mine.token = token
    return Platform_Backend().get_package_info("palmer/penguins", "s3://demo-data") is not None""",
)
_OURS_INFO = (
    _OURS[0],
    """    with quilt_core.connect("platform", token=token, use_quilt3_login=False) as ops:
        return ops.get_package_info("palmer/penguins", "s3://demo-data") is not None""",
)


def main(arguments: Sequence[str] | None = None) -> bool:
    """Measure, print the table, and say whether the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer-python", required=True, help="an interpreter with quilt-mcp 0.22")
    parser.add_argument("--tenants", type=int, default=200)
    parser.add_argument("--threads", type=int, default=32)
    parser.add_argument("--calls", type=int, default=2_000)
    parser.add_argument("--long", type=int, default=50_000, help="calls of the memory's run")
    options = parser.parse_args(arguments)
    with (
        LocalRegistry(RegistryConfig(seed="demo")) as registry,
        tempfile.TemporaryDirectory() as home,
    ):
        users = [add_user(registry, reads=["demo-data"]).name for _ in range(options.tenants)]
        tokens = [registry.token(user) for user in users]
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": home,
            "QUILT_REGISTRY_URL": registry.endpoints.registry_url,
            "QUILT_CATALOG_URL": registry.endpoints.catalog_url,
        }  # fmt: skip

        def serve(python: str, code: tuple[str, str], calls: int) -> dict[str, float]:
            done = subprocess.run(
                [python, "-c", _SERVE.format(setup=code[0], work=code[1])],
                input=json.dumps([tokens, calls, options.threads]),
                env=environment, capture_output=True, text=True, check=False,
            )  # fmt: skip
            if done.returncode:
                raise SystemExit(done.stderr[-2000:])
            answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
            if answer["wrong"]:
                raise SystemExit(f"{answer['wrong']} wrong answers")
            return answer

        ours = serve(sys.executable, _OURS_INFO, options.calls)
        peer = serve(options.peer_python, _PEER, options.calls)
        long = serve(sys.executable, _OURS, options.long) if options.long else None
    mine, theirs = (options.calls / one["seconds"] for one in (ours, peer))
    rows = [
        Row(
            what="requests a second",
            ours=f"{mine:.0f}",
            peer=f"{theirs:.0f}",
            result=f"{mine / theirs:.1f}×",
            goal=f"≥ {_GOAL}×",
            met=mine >= _GOAL * theirs,
        )
    ]
    if long is not None:
        rows.append(
            Row(
                what=f"growth over {options.long:,} calls",
                ours=f"{long['growth'] / 1e6:.1f} MB",
                peer="",
                result="",
                goal="flat: below 5 MB",
                met=long["growth"] < 5e6,
            )
        )
    title = f"{options.tenants} tenants in {options.threads} threads, peer: quilt-mcp"
    return print_table(title, rows)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
