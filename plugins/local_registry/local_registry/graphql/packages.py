"""Packages: listings, revisions, content, construct, promote, delete, browsing sessions."""

from __future__ import annotations

from typing import Any

import attrs
from ariadne import MutationType, ObjectType, QueryType

from local_registry.graphql.call import Call, Info, as_members, call_of, member
from local_registry.identity.errors import MissingError
from local_registry.storage.construct import construct, delete_package, delete_revision
from local_registry.storage.errors import failed
from local_registry.storage.promote import promote
from local_registry.storage.revision import Revision
from local_registry.storage.store import Published
from quilt_core.wildcards import Step, Wildcards

query, mutation = QueryType(), MutationType()
package_type, list_type = ObjectType("Package"), ObjectType("PackageList")
revision_type, revisions_type = ObjectType("PackageRevision"), ObjectType("PackageRevisionList")
_MAX_PAGE = 1000


@attrs.frozen
class PackageNode:
    """An existing package."""

    bucket: str
    name: str


@attrs.frozen
class RevisionNode:
    """A revision, whose manifest is not read until a field needs it."""

    package: PackageNode
    published: Published


@query.field("packages")
def resolve_packages(
    _: Any, info: Info, bucket: str, filter: str | None = None
) -> dict[str, Any] | None:
    call = call_of(info)
    if not call.can_read(bucket):
        return None
    names = call.registry.packages.names(bucket)
    if filter:
        matching = name_filter(filter)
        names = {name: time for name, time in names.items() if matching.fits(name.lower())}
    return {"bucket": bucket, "names": names, "total": len(names)}


def name_filter(text: str) -> Wildcards:
    """A filter of names: `*` is any text, `?` one character or none, in any case.

    It matches anywhere unless it begins with a wildcard (docs/protocol.md, C.4).
    """
    parts = [
        Step(repeats=True) if char == "*" else Step(optional=True) if char == "?" else Step(char)
        for char in text.lower()
    ]
    anything = Step(repeats=True)
    return Wildcards([*([] if text[0] in "*?" else [anything]), *parts, anything])


@list_type.field("page")
def resolve_packages_page(
    found: dict[str, Any],
    info: Info,
    number: int = 1,
    perPage: int = 30,  # noqa: N803 - GraphQL's name
    order: str = "NAME",
) -> list[PackageNode]:
    names = list(found["names"])
    if order == "MODIFIED":
        names.sort(key=lambda name: found["names"][name], reverse=True)
    return [PackageNode(found["bucket"], name) for name in _page(names, number, perPage)]


def _page(items: list[Any], number: int, per_page: int) -> list[Any]:
    size = min(max(per_page, 1), _MAX_PAGE)
    start = (max(number, 1) - 1) * size
    return items[start : start + size]


@query.field("package")
def resolve_package(_: Any, info: Info, bucket: str, name: str) -> PackageNode | None:
    call = call_of(info)
    if not call.can_read(bucket) or not call.registry.packages.pointers(bucket, name).all:
        return None
    return PackageNode(bucket, name)


@package_type.field("modified")
def resolve_modified(package: PackageNode, info: Info) -> str:
    found = _find(call_of(info), package, "latest")
    if found is None:
        revisions = call_of(info).registry.packages.revisions(package.bucket, package.name)
        return revisions[0].modified.isoformat()
    return found.published.modified.isoformat()


@package_type.field("revision")
def resolve_revision(
    package: PackageNode,
    info: Info,
    hashOrTag: str = "latest",  # noqa: N803
) -> RevisionNode | None:
    return _find(call_of(info), package, hashOrTag)


def _find(call: Call, package: PackageNode, hash_or_tag: str) -> RevisionNode | None:
    found = call.registry.packages.find(package.bucket, package.name, hash_or_tag)
    return RevisionNode(package, found) if found else None


@package_type.field("revisions")
def resolve_revisions(package: PackageNode, info: Info) -> dict[str, Any]:
    found = call_of(info).registry.packages.revisions(package.bucket, package.name)
    return {"total": len(found), "package": package, "found": found}


@revisions_type.field("page")
def resolve_revisions_page(
    revisions: dict[str, Any],
    info: Info,
    number: int = 1,
    perPage: int = 10,  # noqa: N803
) -> list[RevisionNode]:
    page = _page(revisions["found"], number, perPage)
    return [RevisionNode(revisions["package"], one) for one in page]


def _manifest(node: RevisionNode, info: Info) -> Revision:
    return call_of(info).registry.packages.revision(node.package.bucket, node.published.top_hash)


@revision_type.field("hash")
def resolve_hash(node: RevisionNode, info: Info) -> str:
    return node.published.top_hash


@revision_type.field("modified")
def resolve_revision_modified(node: RevisionNode, info: Info) -> str:
    return node.published.modified.isoformat()


@revision_type.field("message")
def resolve_message(node: RevisionNode, info: Info) -> str | None:
    return _manifest(node, info).header.message_if_any


@revision_type.field("metadata")
def resolve_metadata(node: RevisionNode, info: Info) -> dict[str, Any]:
    return _manifest(node, info).header.to_dict()


@revision_type.field("userMeta")
def resolve_user_meta(node: RevisionNode, info: Info) -> Any:
    return _manifest(node, info).header.to_dict().get("user_meta")


@revision_type.field("workflow")
def resolve_workflow(node: RevisionNode, info: Info) -> Any:
    return _manifest(node, info).header.to_dict().get("workflow")


@revision_type.field("totalEntries")
def resolve_total_entries(node: RevisionNode, info: Info) -> int:
    return len(_manifest(node, info).entries)


@revision_type.field("totalBytes")
def resolve_total_bytes(node: RevisionNode, info: Info) -> int:
    return _manifest(node, info).total_bytes


@revision_type.field("file")
def resolve_file(node: RevisionNode, info: Info, path: str) -> Any:
    manifest = _manifest(node, info)
    return _file(manifest, path) if path in manifest.entries else None


@revision_type.field("dir")
def resolve_dir(node: RevisionNode, info: Info, path: str) -> Any:
    manifest, path = _manifest(node, info), path.strip("/")
    if path not in manifest.tree:
        return None
    directories, files = manifest.tree[path]
    children = [_directory(manifest, one) for one in directories]
    children += [_file(manifest, one) for one in files]
    metadata = manifest.directories.get(path) if path else manifest.header.to_dict()
    size = manifest.sizes[path]
    return member("PackageDir", path=path, size=size, metadata=metadata, children=children)


def _directory(manifest: Revision, path: str) -> dict[str, Any]:
    metadata = manifest.directories.get(path)
    size = manifest.sizes[path]
    return member("PackageDir", path=path, size=size, metadata=metadata, children=[])


def _file(manifest: Revision, path: str) -> dict[str, Any]:
    entry = manifest.entries[path]
    return member(
        "PackageFile",
        path=path,
        size=entry.size,
        metadata=entry.meta,
        physical_key=entry.physical_key,
    )


@revision_type.field("contentsFlatMap")
def resolve_flat_map(node: RevisionNode, info: Info, max: int = 1000) -> dict[str, Any] | None:
    manifest = _manifest(node, info)
    if len(manifest.entries) > min(max, call_of(info).registry.config.limits.flat_map_entries):
        return None
    return {
        key: {
            "physicalKey": entry.physical_key,
            "size": entry.size,
            "hash": entry.hash and {"type": entry.hash.type, "value": entry.hash.value},
            "meta": entry.meta,
        }
        for key, entry in manifest.entries.items()
    }


def _check_write(call: Call, bucket: str) -> None:
    if not call.can_read(bucket):
        raise failed("BucketNotFound", f"There is no bucket {bucket}.")
    if not call.user.can_write(bucket):
        raise failed("Forbidden", f"You may not write to {bucket}.", details=bucket)


def _pushed(call: Call, bucket: str, name: str, top_hash: str) -> dict[str, Any]:
    package = PackageNode(bucket, name)
    revision = _find(call, package, top_hash)
    if revision is None:
        raise MissingError(f"The revision {top_hash} was deleted at once.")
    return member("PackagePushSuccess", package=package, revision=revision)


@mutation.field("packageConstruct")
@as_members
def resolve_construct(
    _: Any, info: Info, params: dict[str, Any], src: dict[str, Any]
) -> dict[str, Any]:
    call = call_of(info)
    _check_write(call, params["bucket"])
    top_hash = construct(call.registry.packages, params, src["entries"], call.can_read)
    return _pushed(call, params["bucket"], params["name"], top_hash)


@mutation.field("packagePromote")
@as_members
def resolve_promote(
    _: Any,
    info: Info,
    params: dict[str, Any],
    src: dict[str, Any],
    destPrefix: str | None = None,  # noqa: N803
) -> dict[str, Any]:
    call = call_of(info)
    _check_write(call, params["bucket"])
    if not call.can_read(src["bucket"]):
        raise failed("BucketNotFound", f"There is no bucket {src['bucket']}.")
    top_hash = promote(call.registry.packages, params, src, destPrefix, call.can_read)
    return _pushed(call, params["bucket"], params["name"], top_hash)


@mutation.field("packageDelete")
@as_members
def resolve_package_delete(_: Any, info: Info, bucket: str, name: str) -> dict[str, Any]:
    call = call_of(info)
    _check_write(call, bucket)
    delete_package(call.registry.packages, bucket, name)
    return member("Ok")


@mutation.field("packageRevisionDelete")
@as_members
def resolve_delete(_: Any, info: Info, bucket: str, name: str, hash: str) -> dict[str, Any]:
    call = call_of(info)
    _check_write(call, bucket)
    delete_revision(call.registry.packages, bucket, name, hash)
    return member("PackageRevisionDeleteSuccess")


@mutation.field("browsingSessionCreate")
@as_members
def resolve_session_create(_: Any, info: Info, scope: str, ttl: int = 180) -> dict[str, Any]:
    call = call_of(info)
    return _session(call.registry.state.browsing.create(call.user, scope, ttl))


@mutation.field("browsingSessionRefresh")
@as_members
def resolve_session_refresh(_: Any, info: Info, id: str, ttl: int = 180) -> dict[str, Any]:
    call = call_of(info)
    return _session(call.registry.state.browsing.refresh(call.user, id, ttl))


@mutation.field("browsingSessionDispose")
@as_members
def resolve_session_dispose(_: Any, info: Info, id: str) -> dict[str, Any]:
    call = call_of(info)
    call.registry.state.browsing.dispose(call.user, id)
    return member("Ok")


def _session(session: Any) -> dict[str, Any]:
    return member("BrowsingSession", id=session.id, expires=session.expires)


bindables = [query, mutation, package_type, list_type, revision_type, revisions_type]
