"""Faults that a third party's backend had while the suite passed, and others of their kinds."""

# ruff: noqa: E501 - one line per mutant
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from quilt_core import (
    AuthenticationError,
    NotFoundError,
    PermissionDeniedError,
    hookimpl,
)
from quilt_core.hookspecs.around import OperationCall

from ..harness import Edit, Mutant, edit
from .odd import on_folder


def _folders(module: str, old: str, new: str) -> Edit:
    """A different source text in a module of the quilt3 backend."""
    return Edit(f"quilt3_backend.{module}", ((old, new),))


class Leak:
    """Somebody who is refused an answer gets the one that somebody else got to the same call."""

    def __init__(self, operations: tuple[str, ...]) -> None:
        self._operations = operations
        self._known: dict[tuple[str, ...], Any] = {}

    @hookimpl
    def around_operation(self, call: OperationCall) -> Any:
        if call.operation not in self._operations:
            return call.proceed()
        asked = call.operation, *map(str, call.arguments.values())
        try:
            answer = call.proceed()
            if call.lazy:
                answer = list(answer)
        except (NotFoundError, PermissionDeniedError, AuthenticationError):
            if asked not in self._known:
                raise
            return self._known[asked]
        self._known[asked] = answer
        return answer


class Leaks:
    """Leaks of operations, which start without any memory in each test."""

    def __init__(self, *operations: str) -> None:
        self._operations = operations

    @contextmanager
    def applied(self) -> Iterator[list[object]]:
        yield [Leak(self._operations)]


LEAKS = {
    "K-13": (
        "get_package_info", "get_package_metadata", "diff_packages", "browse_content", "get_content_url",
        "read_content", "list_all_packages", "list_objects", "get_object_info", "search_packages",
        "search_objects", "get_tabulator_table", "list_tabulator_tables", "get_api_key", "list_api_keys",
        "verify_package",
    ),
    "U-62": (
        "get_package_info", "get_package_metadata", "diff_packages", "browse_content", "get_content_url",
        "read_content", "list_all_packages", "list_objects", "get_object_info", "search_packages",
        "list_tabulator_tables", "get_tabulator_table", "list_buckets",
        "list_api_keys", "admin_list_users",
    ),
    "R-60": ("get_package_info", "get_package_metadata", "diff_packages", "list_package_versions", "list_all_packages"),
    "C-32": ("browse_content", "get_content_url", "read_content"),
    "C-34": ("get_content_url",),
    "F-11": ("list_objects", "get_object_info"),
}  # fmt: skip
"""The operations whose answers reach somebody who is refused, by the behaviour that sees it."""
_EXPECTED = "            request.check_expected(start.top_hash)\n"
_STORED = "self._time(number), dict(metadata or {})"
_READ = "source.read_bytes() if isinstance(source, Path) else source.read()"
_CHECK = "            _check(checksum, data, found, uri)\n"
_EXISTING = "self._session.catalog.objects.pop((uri.bucket, uri.key), None)"
_PUT = "url = self._session.catalog.put_object(uri.bucket, uri.key, data, metadata)"
_ROLLBACK = "if expected_top_hash not in (None, before):"
_DELETE = "            package = self._session.package(registry, package_name)\n            self._session.writing(registry)\n"
_NOW = "modified=catalog.now(),"
_RESOLVED = "        store, revision = self._resolve(package_name, registry, top_hash)\n        listing = list_directory("
_LATEST = "        self._resolve(package_name, registry, top_hash)\n        store, revision = self._resolve(package_name, registry, RevisionRef.parse(None))\n        listing = list_directory("
_HOUR = "__import__('datetime').timedelta(hours={})"
_LOCAL = "__import__('datetime').datetime.fromtimestamp({}.timestamp()).replace(tzinfo=__import__('datetime').timezone.utc)"

MUTANTS = [
    *(
        Mutant(f"an answer of {operation} reaches somebody who may not have it ({behaviour})", behaviour, Leaks(operation))
        for behaviour, operations in LEAKS.items()
        for operation in operations
    ),
    Mutant("new revisions have the time of a zone in the east", "W-130", edit("revisions", _NOW, f"modified=catalog.now() + {_HOUR.format(1)},")),
    Mutant("new revisions have the time of a zone in the west", "W-130", edit("revisions", _NOW, f"modified=catalog.now() - {_HOUR.format(5)},")),
    Mutant("new revisions have the time of a zone with a quarter of an hour", "W-130", edit("revisions", _NOW, f"modified=catalog.now() + {_HOUR.format(0.25)},")),
    Mutant("new revisions have the local time as if it were UTC", "W-130", edit("revisions", _NOW, f"modified={_LOCAL.format('catalog.now()')},")),
    Mutant("only updates have another time", "W-130", edit("revisions", _NOW, f"modified=catalog.now() + (start is not None) * {_HOUR.format(1)},")),
    Mutant("only promotions have another time", "W-130", edit("revisions", _NOW, f"modified=catalog.now() + (request.operation == 'promote_package') * {_HOUR.format(1)},")),
    Mutant("new objects have the time of another zone", "F-68", edit("store", _STORED, f"self._time(number) - {_HOUR.format(2)}, dict(metadata or {{}})")),
    Mutant("new objects have the local time as if it were UTC", "F-68", edit("store", _STORED, f"{_LOCAL.format('self._time(number)')}, dict(metadata or {{}})")),
    Mutant("an update with force expects nothing", "W-41", edit("revisions", _EXPECTED, f"            if not request.force:\n    {_EXPECTED}")),
    Mutant("a source ends where it gives fewer bytes than were asked for", "F-66", edit("objects", _READ, "source.read_bytes() if isinstance(source, Path) else source.read(1 << 20)")),
    Mutant("a source must be able to seek", "F-66", edit("objects", _READ, "source.read_bytes() if isinstance(source, Path) else (source.seek(source.tell()), source.read())[1]")),
    Mutant("a source that cannot seek is empty", "F-66", edit("objects", _READ, "source.read_bytes() if isinstance(source, Path) else source.read() if not hasattr(source, 'seekable') or source.seekable() else b''")),
    Mutant("an object is removed before its replacement is read", "F-67", edit("objects", "            data = _read(source)\n", f"            if not isinstance(source, bytes):\n                {_EXISTING}\n            data = _read(source)\n")),
    Mutant("a wrong checksum of a replacement is found only after the write", "F-67", edit("objects", _CHECK, f"            if (uri.bucket, uri.key) in self._session.catalog.objects:\n                {_PUT}\n{_CHECK}")),
    Mutant("metadata of an object is lost without a word", "F-69", edit("objects", _PUT, _PUT.replace("metadata", "None"))),
    Mutant("metadata of an object has its keys in small letters", "F-69", edit("objects", _PUT, _PUT.replace("metadata", "{k.partition('-')[0]: v for k, v in (metadata or {}).items()}"))),
    Mutant("an object that is replaced keeps its metadata", "F-69", edit("store", _STORED, "self._time(number), dict(metadata or next((one.metadata for one in self.objects.get((bucket, key), {}).values()), {}))")),
    Mutant("metadata is refused after the object was written", "F-69", edit("objects", _PUT, f"{_PUT}\n            if metadata:\n                raise NotSupportedError('put_object', 'memory', 'it has no metadata')")),
    Mutant("a rollback to the latest revision expects nothing", "L-77", edit("revisions", _ROLLBACK, "if expected_top_hash not in (None, before) and wanted != before:")),
    Mutant("a rollback to the latest revision by its time expects nothing", "L-77", edit("revisions", _ROLLBACK, "if expected_top_hash not in (None, before) and not (wanted == before and len(str(top_hash.value)) < 64):")),
    Mutant("a package without a latest revision cannot be deleted", "R-115", edit("revisions", _DELETE, f"{_DELETE}            if top_hash is None:\n                self._session.revision(registry, package_name, RevisionRef.parse(None))\n")),
    Mutant("a package without a latest revision cannot be rolled back", "R-115", edit("revisions", "                before = package.latest\n", "                before = package.latest\n                if before is None:\n                    raise NotFoundError('There is no latest revision.')\n")),
    on_folder("a new revision in a folder has the time of another zone", "W-130", _folders("packages.publication", "                return int(now)\n", "                return int(now) + 3600\n")),
    on_folder("a URL of a file in a folder is that of the latest revision", "C-43", _folders("content", _RESOLVED, _LATEST)),
    on_folder("a file is removed before it is replaced", "F-67", _folders("stores.files", "            draft = temporary_path(", "            uri.path.unlink(missing_ok=True)\n            draft = temporary_path(")),
    on_folder("metadata of a file is lost without a word", "F-69", _folders("stores.files", "        if metadata:\n", "        if False:\n")),
    on_folder("a package in a folder needs a latest revision to be deleted", "R-115", _folders("packages.deleting", "    if ref is None:\n", "    if ref is None:\n        find_revision(store, package_name, RevisionRef.parse('latest'), workers)\n")),
]  # fmt: skip
