"""Many tenants: 200 identities in 32 threads, a connection for each call, against the peer.

python benchmarks/tenants.py --peer-python PATH [--tenants N] [--calls N]

The registry is a stub that answers at once, over TLS as registries do, with the token as the
bucket's name: this measures the client, and that no tenant gets another tenant's answer. It is
measured without TLS as well. Memory is what the process has grown by between the first quarter and
the end.
"""

from __future__ import annotations

import argparse
import ipaddress
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import certifi
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

sys.path.insert(0, str(Path(__file__).parent))
from measure import Row, print_table

_NOTE = """Each call is a request of another tenant: a connection with the tenant's JWT is made, one
operation (`list_buckets`) is called, and the connection is closed; or all tenants use one
connection, each with an identity of its own. The peer has one backend instance per request, as its
own server makes them. The limit is a loop over a `requests.Session` that sends the same query and
reads the answer, with no bound on time or size and without checking anything. The fastest of
several turns counts. Without TLS a new socket costs next to nothing, so that the peer loses little
by opening one for every request."""
_GOAL = 0.8
"""The share of the limit's calls per second."""
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
work(0)  # imports what is imported late
start = time.perf_counter()
def work_through(first):
    return sum(not work(number) for number in range(first, calls, threads))
with ThreadPoolExecutor(threads) as pool:
    wrong = sum(pool.map(work_through, range(threads)))
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
_LIMIT = (
    """import requests
session = requests.Session()
for scheme in ("http://", "https://"):
    session.mount(scheme, requests.adapters.HTTPAdapter(pool_maxsize=threads))
endpoint = os.environ["QUILT_REGISTRY_URL"] + "/graphql"
fields = "name title iconUrl description tags relevanceScore browsable"
body = {"query": "query list_buckets { bucketConfigs { %s } }" % fields,
        "operationName": "list_buckets", "variables": {}}""",
    """    answer = session.post(endpoint, json=body, headers={"Authorization": f"Bearer {token}"})
    return [bucket["name"] for bucket in answer.json()["data"]["bucketConfigs"]] == [token]""",
)
_PEER = (
    "from quilt_mcp.backends.platform_backend import Platform_Backend\n"
    "mine = threading.local()\n"
    "Platform_Backend._load_access_token = lambda self: mine.token",
    """    mine.token = token
    return [bucket.name for bucket in Platform_Backend().list_buckets()] == [token]""",
)
_STUB = """
import asyncio, json, re, ssl, sys

class Stub(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.read = transport, b""

    def data_received(self, data):
        self.read += data
        head, end, body = self.read.partition(b"\\r\\n\\r\\n")
        size = re.search(rb"(?i)content-length: *(\\d+)", head)
        if not end or len(body) < int(size[1]):
            return
        self.read = b""
        token = re.search(rb"(?i)authorization: *Bearer ([^ \\r]+)", head)[1].decode()
        bucket = {"name": token, "title": "t", "iconUrl": None, "description": None,
                  "tags": None, "relevanceScore": 1, "browsable": True}
        answer = json.dumps({"data": {"buckets": [bucket], "bucketConfigs": [bucket]}}).encode()
        self.transport.write(
            b"HTTP/1.1 200 OK\\r\\ncontent-type: application/json\\r\\n"
            b"content-length: %d\\r\\n\\r\\n%b" % (len(answer), answer)
        )

async def main():
    context = None
    if sys.argv[1:]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*sys.argv[1:])
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Stub, "127.0.0.1", 0, ssl=context, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""


@contextmanager
def stub_registry(certificate: Sequence[str] = ()) -> Iterator[str]:
    """The address of a registry in its own process. With a certificate and key, over TLS."""
    with subprocess.Popen(
        [sys.executable, "-c", _STUB, *certificate], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        scheme = "https" if certificate else "http"
        try:
            yield f"{scheme}://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.terminate()


def make_certificate(folder: Path) -> tuple[str, str]:
    """A self-signed certificate for 127.0.0.1 and its key: two paths."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    paths = (folder / "certificate.pem", folder / "key.pem")
    for path, content in zip(paths, (certificate.public_bytes(pem), secret), strict=True):
        path.write_bytes(content)
    return str(paths[0]), str(paths[1])


def make_bundle(folder: Path, certificate: str) -> str:
    """What a client trusts: everything that `requests` trusts by default, and the certificate."""
    bundle = folder / "trusted.pem"
    bundle.write_bytes(Path(certifi.where()).read_bytes() + Path(certificate).read_bytes())
    return str(bundle)


@attrs.frozen
class _Server:
    """A process that serves tenants: with which registry, how many, and in how many threads."""

    address: str
    home: str
    trusted: str
    tenants: int
    threads: int

    def serve(self, python: str, code: tuple[str, str], calls: int) -> dict[str, float]:
        """Serve `calls` calls; returns seconds, wrong answers and growth in bytes."""
        tokens = [f"tenant-{number}" for number in range(self.tenants)]
        done = subprocess.run(
            [python, "-c", _SERVE.format(setup=code[0], work=code[1])],
            input=json.dumps([tokens, calls, self.threads]),
            env={
                "PATH": os.environ["PATH"],
                "HOME": self.home,
                "QUILT_REGISTRY_URL": self.address,
                "QUILT_CATALOG_URL": self.address,
                "REQUESTS_CA_BUNDLE": self.trusted,
            },
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(done.stderr[-2000:])
        answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        if answer["wrong"]:
            raise SystemExit(f"{answer['wrong']} wrong answers")
        return answer

    def fastest(
        self, programs: Sequence[tuple[str, tuple[str, str]]], calls: int, repeat: int
    ) -> list[float]:
        """Calls per second of each program, an interpreter and code; the best of `repeat` turns."""
        seconds = [
            [self.serve(python, code, calls)["seconds"] for python, code in programs]
            for _ in range(repeat)
        ]
        return [calls / min(turns) for turns in zip(*seconds, strict=True)]


def rows(options: argparse.Namespace, home: str) -> Iterator[Row]:
    """Measure with TLS and without, and the memory of a long run."""
    certificate, key = make_certificate(Path(home))
    trusted = make_bundle(Path(home), certificate)
    for how, pair in (("over TLS", (certificate, key)), ("without TLS", ())):
        with stub_registry(pair) as address:
            server = _Server(address, home, trusted, options.tenants, options.threads)
            each = {
                name: (sys.executable, code)
                for name, code in (("a connection each", _OURS), ("one for all", _SHARED))
            }
            limit, theirs, *mine = server.fastest(
                [(sys.executable, _LIMIT), (options.peer_python, _PEER), *each.values()],
                options.calls,
                options.repeat,
            )
            for what, rate in zip(each, mine, strict=True):
                yield Row(
                    what=f"requests per second {how}, {what}",
                    ours=f"{rate:.0f}",
                    peer=f"{theirs:.0f}",
                    limit=f"{limit:.0f}",
                    result=f"{rate / theirs:.1f}×, {rate / limit:.2f} of the limit",
                    goal=f"≥ {_GOAL} of the limit",
                    met=rate >= _GOAL * limit,
                )
    if options.long:
        with stub_registry() as address:
            server = _Server(address, home, trusted, options.tenants, options.threads)
            growth = server.serve(sys.executable, _OURS, options.long)["growth"]
        yield Row(
            what=f"growth over {options.long:,} calls",
            ours=f"{growth / 1e6:.1f} MB",
            limit="0 MB",
            goal="flat: below 5 MB",
            met=growth < 5e6,
        )


def main(arguments: Sequence[str] | None = None) -> bool:
    """Measure, print the table, and return whether the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer-python", required=True, help="an interpreter with quilt-mcp 0.22")
    parser.add_argument("--tenants", type=int, default=200)
    parser.add_argument("--threads", type=int, default=32)
    parser.add_argument("--calls", type=int, default=1_000)
    parser.add_argument("--repeat", type=int, default=3, help="turns, of which the best counts")
    parser.add_argument("--long", type=int, default=50_000, help="calls of the memory's run")
    options = parser.parse_args(arguments)
    title = f"{options.tenants} tenants in {options.threads} threads, peer: quilt-mcp"
    with tempfile.TemporaryDirectory() as home:
        return print_table(title, rows(options, home), _NOTE)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
