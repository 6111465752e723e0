"""`quiltops objects`."""

from __future__ import annotations

import shutil
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO

import click

from quilt_core import ObjectHit, ObjectInfo, QuiltOps, StoredObject
from quilt_core.cli.answers import Copied, listing, one
from quilt_core.cli.drafts import draft_of
from quilt_core.cli.options import Group, connect, value
from quilt_core.cli.output import show, show_all
from quilt_core.cli.paths import LocalPath
from quilt_core.cli.progress import progress_bar, reported
from quilt_core.cli.writing import Write, show_dry_run
from quilt_core.domain.objects import ObjectSource
from quilt_core.domain.uris import S3Uri, parse_object_uri
from quilt_core.errors import NotFoundError, PermissionDeniedError, ValidationError
from quilt_core.ops.rehearsal import rehearse
from quilt_core.regular_files import open_regular

_LIMIT = click.option("--limit", type=int, help="The maximum number of results.")
_BLOCK = 8 << 20


@click.group(cls=Group)
def group() -> None:
    """Objects in buckets and folders: list, describe, read, write, find."""


@group.command("list", answers=listing(ObjectInfo))
@click.argument("uri")
@click.option("--recursive", "-r", is_flag=True, help="All objects below URI, not one level.")
@_LIMIT
def list_objects(uri: str, recursive: bool, limit: int | None) -> None:
    """List the objects below URI, a bucket or a folder.

    Example: quiltops objects list s3://demo-data/penguins/ --recursive
    """
    listing = partial(connect().list_objects, uri, recursive=recursive, limit=limit)
    show_all(listing, ("uri", "size", "modified", "storage_class"))


@group.command(answers=one(ObjectInfo))
@click.argument("uri")
def info(uri: str) -> None:
    """Describe the object at URI: size, version, checksum, storage class.

    Example: quiltops objects info s3://demo-data/penguins/README.md
    """
    show(connect().get_object_info(uri))


@group.command(answers=one(Copied))
@click.argument("uri")
@click.argument("file", type=LocalPath(dir_okay=False, allow_dash=True))
def get(uri: str, file: Path) -> None:
    """Copy the object at URI to FILE (- is standard output).

    An existing FILE is replaced after the whole object has been read. With --json and -, only the
    object is printed.

    Example: quiltops objects get s3://demo-data/penguins/README.md README.md
    """
    with progress_bar("reading"), connect().open_object(uri) as source:
        if str(file) == "-":
            shutil.copyfileobj(source, sys.stdout.buffer, _BLOCK)
            return
        size = _write(source, file)
    show({"uri": uri, "file": str(file), "size": size})


def _write(source: BinaryIO, file: Path) -> int:
    with draft_of(file) as draft, draft.open("wb") as target:
        shutil.copyfileobj(source, target, _BLOCK)
        return target.tell()


@group.command(cls=Write, answers=one(StoredObject))
@click.argument("file", type=LocalPath(allow_dash=True))
@click.argument("uri")
def put(file: Path, uri: str) -> None:
    """Write FILE (- is standard input) to URI, replacing the object that is there.

    URI names the object itself: it does not end with a slash.

    Example: quiltops objects put notes.md s3://demo-data/notes.md
    """
    if uri.partition("?")[0].endswith("/"):
        name = "NAME" if str(file) == "-" else file.name
        raise ValidationError(
            f"{uri!r} does not name an object: it ends with a slash.",
            hint=f"Name the object, such as {uri.partition('?')[0] + name!r}.",
            context={"uri": uri},
        )
    ops = connect()
    source: ObjectSource = sys.stdin.buffer if str(file) == "-" else file
    if value("dry_run"):
        rehearse(ops.put_object, source, uri)
        if isinstance(source, Path):
            _check_readable(source)
        arguments = {"source": str(file), "uri": uri}
        show_dry_run("put_object", arguments, _object_there(ops, uri))
        return
    with reported(ops, "put_object", "uploading") as progress:
        stored = ops.put_object(source, uri, progress=progress)
    show(stored)


def _check_readable(file: Path) -> None:
    try:
        open_regular(file).close()
    except OSError as error:
        raise ValidationError(
            f"{str(file)!r} cannot be read: {error.strerror or error}."
        ) from error


def _object_there(ops: QuiltOps, uri: str) -> ObjectInfo | None:
    """The object that would be replaced; raises `NotFoundError` if its bucket does not exist."""
    try:
        return ops.get_object_info(uri)
    except NotFoundError:
        target = parse_object_uri(uri)
        if isinstance(target, S3Uri):
            with suppress(PermissionDeniedError):  # who may write need not be able to list
                next(iter(ops.list_objects(f"s3://{target.bucket}", limit=1)), None)
        return None


@group.command(answers=listing(ObjectHit))
@click.argument("query", default="")
@click.option("--all-registries", is_flag=True, help="Search every registry that you can read.")
@_LIMIT
def search(query: str, all_registries: bool, limit: int | None) -> None:
    """Find objects that match QUERY; an empty query finds everything.

    Example: quiltops objects search 'ext:.csv penguins'
    """
    where = "*" if all_registries else None
    found = partial(connect().search_objects, query, where, limit=limit)
    show_all(found, ("uri", "size", "modified", "score"))
