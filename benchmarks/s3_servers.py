"""The local registry's S3 and moto's server compared: CPU per request, memory, and restarting.

python benchmarks/s3_servers.py [--requests N] [--rounds N] [--uploads MIB] [--objects N]

Each server runs in a process of its own and is sent the same signed requests by the same client, in
turns. CPU is what the server's process used (`/proc`, so Linux only); memory is its peak.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from measure import Row, Sample, print_table

BUCKET, REGION = "bench-bucket", "us-east-1"
TICK = os.sysconf("SC_CLK_TCK")
MIB = 2**20
OURS = """
import json, sys, time
from pathlib import Path
from local_registry import LocalRegistry, RegistryConfig
start = time.perf_counter()
folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
with LocalRegistry(RegistryConfig(data_dir=folder)) as registry:
    keys = registry.root_keys
    took = time.perf_counter() - start
    print(registry.endpoints.s3_endpoint, keys.access_key, keys.secret_key, took, flush=True)
    sys.stdin.read()
"""
MOTO = """
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
print(f"http://{host}:{port}", "local", "local", 0, flush=True)
sys.stdin.read()
"""


class Server:
    """A server in a process, and a client for it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout
        endpoint, access_key, secret_key, started = process.stdout.readline().split()
        self.started = float(started)
        self._proc = Path("/proc") / str(process.pid)
        self.client: Any = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name=REGION,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
            config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
        )

    def cpu(self) -> float:
        """The CPU seconds that the process has used."""
        fields = (self._proc / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def peak(self) -> float:
        """The most memory that the process has held, in MiB."""
        lines = (self._proc / "status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


@contextmanager
def serving(program: str, *arguments: str) -> Iterator[Server]:
    command = [sys.executable, "-c", program, *arguments]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            yield Server(process)
        finally:
            process.kill()


def requests(client: Any) -> dict[str, Callable[[int], object]]:
    """What is measured; each is called with the number of the request."""
    here = {"Bucket": BUCKET}
    small, large = b"x" * 1024, b"x" * MIB
    return {
        "PutObject, 1 KiB": lambda n: client.put_object(**here, Key=f"small/{n}", Body=small),
        "GetObject, 1 KiB": lambda n: client.get_object(**here, Key="small/0")["Body"].read(),
        "HeadObject": lambda n: client.head_object(**here, Key="small/0"),
        "PutObject, 1 MiB": lambda n: client.put_object(**here, Key="large", Body=large),
        "GetObject, 1 MiB": lambda n: client.get_object(**here, Key="large")["Body"].read(),
        "ListObjectsV2, 100 keys": lambda n: client.list_objects_v2(**here, MaxKeys=100),
        "DeleteObject": lambda n: client.delete_object(**here, Key=f"small/{n}"),
    }


def cpu_rows(servers: dict[str, Server], count: int, rounds: int) -> Iterator[Row]:
    """One row per kind of request: milliseconds of CPU in each server."""
    names = list(servers)
    actions = {name: requests(server.client) for name, server in servers.items()}
    for what in actions[names[0]]:
        values: dict[str, list[float]] = {name: [] for name in names}
        for number in range(rounds):
            for name in names:
                before = servers[name].cpu()
                for each in range(count):
                    actions[name][what](number * count + each)
                values[name].append((servers[name].cpu() - before) / count * 1000)
        samples = {name: Sample(tuple(each)) for name, each in values.items()}
        moto = samples["moto"]
        for name in names[1:]:
            ratio = moto.median / samples[name].median
            yield Row(
                what=f"{what}: CPU, {name}",
                ours=samples[name].show("ms"),
                peer=moto.show("ms"),
                limit=f"{_bytes_of(what)} bytes in one round trip",
                result=f"{ratio:.1f}×",
                goal="≥ 1×",
                met=ratio >= 1,
            )


def _bytes_of(what: str) -> str:
    """The number of bytes of content that a request moves."""
    return "1,024" if "1 KiB" in what else "1,048,576" if "1 MiB" in what else "no"


def upload_row(server: Server, what: str, mebibytes: int) -> Row:
    """The most memory after uploads of 64 MiB each, in parts of 8 MiB."""
    from boto3.s3.transfer import TransferConfig

    with tempfile.TemporaryFile() as file:
        file.write(os.urandom(64 * MIB))
        for number in range(mebibytes // 64):
            file.seek(0)
            server.client.upload_fileobj(
                _Kept(file), BUCKET, f"up/{number}", Config=TransferConfig(max_concurrency=8)
            )
    peak, most = server.peak(), 1.2 * mebibytes + 150
    goal = f"≤ {most:,.0f} MiB"
    return Row(
        what=f"{what}: peak memory",
        ours=f"{peak:,.0f} MiB",
        limit=f"{mebibytes:,} MiB in memory" if "without" in what else "0 MiB: all on disk",
        goal=goal,
        met=peak <= most,
    )


class _Kept:
    """A file that boto3 does not close."""

    def __init__(self, file: Any) -> None:
        self.read, self.seek, self.tell = file.read, file.seek, file.tell


def start_rows(folder: str, count: int) -> Iterator[Row]:
    """How long a server takes to start on a folder with the given number of objects."""
    with serving(OURS, folder) as server:
        for number in range(count):
            server.client.put_object(Bucket=BUCKET, Key=f"many/{number}", Body=b"x" * 100)
    start = time.perf_counter()
    with serving(OURS, folder) as server:
        whole = time.perf_counter() - start
        server.client.head_object(Bucket=BUCKET, Key=f"many/{count - 1}")
        yield Row(
            what=f"start on {count:,} objects, after a kill",
            ours=f"{server.started:.2f} s ({whole:.2f} s with Python's imports)",
            limit=f"Python's imports {whole - server.started:.2f} s",
            goal="< 5 s",
            met=whole < 5,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=150, help="of each kind, in each round")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--uploads", type=int, default=640, help="MiB to upload")
    parser.add_argument("--objects", type=int, default=10_000, help="to start with")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        with serving(MOTO) as moto, serving(OURS) as memory, serving(OURS, folder) as disk:
            servers = {"moto": moto, "without a folder": memory, "with a folder": disk}
            for server in servers.values():
                server.client.create_bucket(Bucket=BUCKET)
                server.client.put_object(Bucket=BUCKET, Key="small/0", Body=b"")
            rows = list(cpu_rows(servers, options.requests, options.rounds))
            what = f"{options.uploads:,} MiB of uploads"
            rows.append(upload_row(memory, f"{what}, without a folder", options.uploads))
            rows.append(upload_row(disk, f"{what}, with a folder", options.uploads))
        rows += start_rows(folder, options.objects)
    print_table("The local registry's S3, peer: moto's server", rows)


if __name__ == "__main__":
    main()
