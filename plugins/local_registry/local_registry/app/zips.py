"""`/zip/…`: files of a package or of a bucket as one archive (docs/protocol.md, B.6)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence

import attrs
from botocore.exceptions import ClientError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from local_registry.app.replies import refusal
from local_registry.app.requests import context_of, identify, record_of
from local_registry.context import RegistryContext
from local_registry.identity.errors import ForbiddenError, MissingError, UnauthorizedError
from local_registry.identity.model import Identity
from quilt_core.domain.stored_keys import stored_object
from quilt_core.domain.uris import S3Uri

_MAX_BYTES = 1024**3
_MAX_FILES = 100_000
_EPOCH = (1980, 1, 1, 0, 0, 0)


@attrs.frozen(kw_only=True)
class Member:
    """A file for an archive: its name in it, and its location."""

    name: str
    where: S3Uri


Members = Callable[[], Iterable[Member]]


class _TooLargeError(Exception):
    """More bytes than an archive may have."""


async def zip_package(request: Request) -> Response:
    """`POST /zip/package/<bucket>/<namespace>/<name>/<hash or tag>/<folder>`."""
    identity, files = await _asked(request)
    parts = request.path_params
    context, bucket = context_of(request), parts["bucket"]
    _check_read(identity, bucket)
    name = f"{parts['namespace']}/{parts['name']}"

    def members() -> Iterator[Member]:
        found = context.packages.find(bucket, name, parts["revision"])
        if found is None:
            raise MissingError(f"There is no package {name!r} at {parts['revision']!r}")
        revision = context.packages.revision(bucket, found.top_hash)
        for key, entry in revision.entries.items():
            where = stored_object(entry.physical_key)
            if where is None:
                raise MissingError(f"{key!r} is not kept in S3")
            _check_read(identity, where.bucket)
            yield Member(name=key, where=where)

    archive = f"{name.replace('/', '-')}.zip"
    return await _answer(context, members, parts.get("folder", ""), files, archive)


async def zip_dir(request: Request) -> Response:
    """`POST /zip/dir/<bucket>/<prefix>`: the newest versions below a prefix."""
    identity, files = await _asked(request)
    context, bucket = context_of(request), request.path_params["bucket"]
    prefix: str = request.path_params.get("folder", "")
    _check_read(identity, bucket)

    def members() -> Iterator[Member]:
        pages = context.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        for page in pages:
            for item in page.get("Contents", ()):
                yield Member(name=item["Key"], where=S3Uri(bucket, item["Key"]))

    return await _answer(context, members, prefix, files, f"{bucket}.zip")


async def _asked(request: Request) -> tuple[Identity, Sequence[str]]:
    async with request.form(max_files=0, max_fields=_MAX_FILES) as form:
        token = form.get("token")
        files = [each for each in form.getlist("file") if isinstance(each, str)]
    identity = identify(request)
    if identity is None and isinstance(token, str):
        identity = context_of(request).identities.authenticate(token)
    if identity is None:
        raise UnauthorizedError("Not logged in")
    record_of(request).identity = identity.user_name
    return identity, files


def _check_read(identity: Identity, bucket: str) -> None:
    if not identity.can_read(bucket):
        raise ForbiddenError("The bucket cannot be read")


async def _answer(
    context: RegistryContext, members: Members, folder: str, files: Sequence[str], name: str
) -> Response:
    try:
        body = await run_in_threadpool(_pack, context, members, folder, files)
    except _TooLargeError:
        return refusal(413, f"An archive has at most {_MAX_BYTES} bytes here")
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type="application/zip", headers=headers)


def _pack(context: RegistryContext, members: Members, folder: str, files: Sequence[str]) -> bytes:
    output, total, count = io.BytesIO(), 0, 0
    with zipfile.ZipFile(output, "w", zipfile.ZIP_STORED) as archive:
        for member in _chosen(members(), folder, files):
            body = _read(context, member)
            total += len(body)
            count += 1
            if total > _MAX_BYTES:
                raise _TooLargeError
            archive.writestr(zipfile.ZipInfo(member.name, _EPOCH), body)
    if not count:
        raise MissingError("There are no such files")
    return output.getvalue()


def _read(context: RegistryContext, member: Member) -> bytes:
    where = member.where
    version = {} if where.version_id is None else {"VersionId": where.version_id}
    try:
        answer = context.s3.get_object(Bucket=where.bucket, Key=where.key, **version)
        return bytes(answer["Body"].read())
    except ClientError as error:
        raise MissingError(f"s3://{where.bucket}/{where.key} cannot be read") from error


def _chosen(members: Iterable[Member], folder: str, files: Sequence[str]) -> Iterator[Member]:
    """The files below the folder, restricted to `files` if given, with names relative to the
    folder. Names that would leave the folder in which the archive is unpacked are left out.

    A file is named by its whole name, its name from the folder on, or its key; one that ends in a
    slash stands for everything below.
    """
    prefix = folder if not folder or folder.endswith("/") else f"{folder}/"
    for member in members:
        short = member.name.removeprefix(prefix)
        if not member.name.startswith(prefix) or not _is_safe(short):
            continue
        names = (member.name, short, member.where.key)
        if not files or any(_names(file, name) for file in files for name in names):
            yield attrs.evolve(member, name=short)


def _names(file: str, name: str) -> bool:
    return name == file or (file.endswith("/") and name.startswith(file))


def _is_safe(name: str) -> bool:
    parts = name.split("/")
    return "\\" not in name and all(part not in ("", ".", "..") for part in parts)
