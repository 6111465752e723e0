"""Many tenants: 200 identities in 32 threads, a connection for each call, against the peer.

python benchmarks/tenants.py --peer-python PATH [--tenants N] [--calls N]

Each call is a request of another tenant: a connection with the tenant's JWT is made, one operation
called (`list_buckets`), and the connection closed. The peer has one backend instance per request,
as its own server makes them. The registry is a stub that answers at once, with the token as the
bucket's name: what is measured is the client, and that nobody gets another's answer. Memory is what
the process has grown by between the first quarter and the end.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
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
    "import quilt_core",
    """    with quilt_core.connect("platform", token=token, use_quilt3_login=False) as ops:
        return [bucket.name for bucket in ops.list_buckets()] == [token]""",
)
_SHARED = (
    "import quilt_core\nfrom quilt_core import auth_context\n"
    "ops = quilt_core.connect('platform', multitenant=True)",
    """    with auth_context.request_identity(token=token):
        return [bucket.name for bucket in ops.list_buckets()] == [token]""",
)
_PEER = (
    "from quilt_mcp.backends.platform_backend import Platform_Backend\n"
    "mine = threading.local()\n"
    "Platform_Backend._load_access_token = lambda self: mine.token",
    """    mine.token = token
    return [bucket.name for bucket in Platform_Backend().list_buckets()] == [token]""",
)
_STUB = """
import json, socket, sys, uvicorn
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    more = True
    while more:
        more = (await receive()).get("more_body", False)
    token = dict(scope["headers"]).get(b"authorization", b"").decode().removeprefix("Bearer ")
    bucket = {"name": token, "title": "t", "iconUrl": None, "description": None, "tags": None,
              "relevanceScore": 1, "browsable": True}
    body = json.dumps({"data": {"buckets": [bucket], "bucketConfigs": [bucket]}}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # no delays
sock.bind(("127.0.0.1", 0))
print(sock.getsockname()[1], flush=True)
config = uvicorn.Config(app, log_level="error", lifespan="off")
uvicorn.Server(config).run(sockets=[sock])
"""


@contextmanager
def stub_registry() -> Iterator[str]:
    """A registry in a process of its own; its address."""
    with subprocess.Popen(
        [sys.executable, "-c", _STUB], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.terminate()


def main(arguments: Sequence[str] | None = None) -> bool:
    """Measure, print the table, and say whether the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer-python", required=True, help="an interpreter with quilt-mcp 0.22")
    parser.add_argument("--tenants", type=int, default=200)
    parser.add_argument("--threads", type=int, default=32)
    parser.add_argument("--calls", type=int, default=2_000)
    parser.add_argument("--long", type=int, default=50_000, help="calls of the memory's run")
    options = parser.parse_args(arguments)
    tokens = [f"tenant-{number}" for number in range(options.tenants)]
    with stub_registry() as address, tempfile.TemporaryDirectory() as home:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": home,
            "QUILT_REGISTRY_URL": address,
            "QUILT_CATALOG_URL": address,
        }

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

        ours = serve(sys.executable, _OURS, options.calls)
        shared = serve(sys.executable, _SHARED, options.calls)
        peer = serve(options.peer_python, _PEER, options.calls)
        long = serve(sys.executable, _OURS, options.long) if options.long else None
    theirs = options.calls / peer["seconds"]
    rows = []
    for what, answer in (("a connection each", ours), ("one for all, identities apart", shared)):
        mine = options.calls / answer["seconds"]
        rows.append(
            Row(
                what=f"requests a second, {what}",
                ours=f"{mine:.0f}",
                peer=f"{theirs:.0f}",
                result=f"{mine / theirs:.1f}×",
                goal=f"≥ {_GOAL}×",
                met=mine >= _GOAL * theirs,
            )
        )
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
