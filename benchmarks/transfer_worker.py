"""One transfer by one client, in a process of its own; run by transfer.py.

transfer_worker.py CLIENT ACTION ENDPOINT FOLDER

CLIENT is `quiltops`, `quilt3`, `boto3` or `obstore`; ACTION is `push` or `pull`. Prints one line of
JSON: seconds of the transfer without imports, CPU seconds, the resident set of the process (Linux)
when it has imported what it needs, and the largest resident set, interpreter and libraries
included.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

BUCKET = "bench-bucket"
CONNECTIONS = 64
CHUNK = 8 << 20
Transfer = Callable[[], object]


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def quiltops(action: str, endpoint: str, folder: Path) -> Transfer:
    import quilt_core

    ops = quilt_core.connect(
        "quilt3", registry=f"s3://{BUCKET}", aws_identity="ambient", use_quilt3_login=False
    )
    if action == "push":  # the package is built with its help; all imports come before the clock
        import quilt3 as library  # noqa: F401
    from quilt_core.composition import download, push  # noqa: F401

    ops.list_objects(f"s3://{BUCKET}/none/")  # imports boto3, as the others have
    if action == "push":
        return lambda: ops.push_package("bench/quiltops", folder, message=str(time.time_ns()))
    return lambda: ops.download_package("bench/quiltops", folder)


def quilt3(action: str, endpoint: str, folder: Path) -> Transfer:
    import quilt3

    def push() -> None:
        package = quilt3.Package()
        package.set_dir("/", str(folder))
        package.push("bench/quilt3", f"s3://{BUCKET}", message=str(time.time_ns()), force=True)

    def pull() -> None:
        quilt3.Package.browse("bench/quilt3", f"s3://{BUCKET}").fetch(str(folder))

    return push if action == "push" else pull


def boto3(action: str, endpoint: str, folder: Path) -> Transfer:
    import boto3 as library
    from boto3.s3.transfer import TransferConfig
    from botocore.config import Config

    s3 = library.client("s3", config=Config(max_pool_connections=10))
    parts = TransferConfig(multipart_chunksize=CHUNK)

    def put(path: Path) -> None:
        key = f"bare/{path.relative_to(folder).as_posix()}"
        if path.stat().st_size < CHUNK:
            s3.put_object(
                Bucket=BUCKET, Key=key, Body=path.read_bytes(), ChecksumAlgorithm="SHA256"
            )
        else:
            more = {"ChecksumAlgorithm": "SHA256"}
            s3.upload_file(str(path), BUCKET, key, ExtraArgs=more, Config=parts)

    def get(item: dict[str, Any]) -> None:
        path = folder / item["Key"].removeprefix("bare/")
        path.parent.mkdir(parents=True, exist_ok=True)
        if item["Size"] < CHUNK:
            path.write_bytes(s3.get_object(Bucket=BUCKET, Key=item["Key"])["Body"].read())
        else:
            s3.download_file(BUCKET, item["Key"], str(path), Config=parts)

    def push() -> None:
        with ThreadPoolExecutor(10) as pool:
            list(pool.map(put, files_of(folder)))

    def pull() -> None:
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="bare/")
        with ThreadPoolExecutor(10) as pool:
            list(pool.map(get, (item for page in pages for item in page.get("Contents", ()))))

    return push if action == "push" else pull


def obstore(action: str, endpoint: str, folder: Path) -> Transfer:
    import obstore as library
    from obstore.store import S3Store

    store = S3Store(
        BUCKET,
        endpoint=endpoint,
        region="us-east-1",
        checksum_algorithm="sha256",
        client_options={"allow_http": True},
    )

    async def put(path: Path, limit: asyncio.Semaphore) -> None:
        key = f"bare/{path.relative_to(folder).as_posix()}"
        async with limit:
            if path.stat().st_size < CHUNK:
                await library.put_async(store, key, path.read_bytes(), use_multipart=False)
            else:
                await library.put_async(store, key, path, chunk_size=CHUNK, max_concurrency=4)

    async def get(key: str, limit: asyncio.Semaphore) -> None:
        path = folder / key.removeprefix("bare/")
        async with limit:
            found = await library.get_async(store, key)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as sink:
                async for chunk in found.stream(min_chunk_size=1 << 20):
                    sink.write(chunk)

    async def push() -> None:
        limit = asyncio.Semaphore(CONNECTIONS)
        await asyncio.gather(*(put(path, limit) for path in files_of(folder)))

    async def pull() -> None:
        limit = asyncio.Semaphore(CONNECTIONS)
        keys = [item["path"] for page in library.list(store, "bare") for item in page]
        await asyncio.gather(*(get(key, limit) for key in keys))

    return lambda: asyncio.run(push() if action == "push" else pull())


def memory(field: str) -> int:
    """The memory in bytes that the process holds (`VmRSS`) or held at most (`VmHWM`)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field))


def main() -> None:
    client, action, endpoint, folder = sys.argv[1:]
    answers, sys.stdout = sys.stdout, sys.stderr
    clients = {one.__name__: one for one in (quiltops, quilt3, boto3, obstore)}
    transfer = clients[client](action, endpoint, Path(folder))
    imports, before, start = memory("VmRSS"), sum(os.times()[:2]), time.perf_counter()
    transfer()
    seconds, cpu = time.perf_counter() - start, sum(os.times()[:2]) - before
    found = {"seconds": seconds, "cpu": cpu, "imports": imports, "peak": memory("VmHWM")}
    print(json.dumps(found), file=answers, flush=True)
    if client == "obstore":
        os._exit(0)  # its asynchronous functions leave threads that abort an ending process


if __name__ == "__main__":
    main()
