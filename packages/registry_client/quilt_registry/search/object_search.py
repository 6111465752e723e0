"""Search for objects, complete up to the last page."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Any

from quilt_core.auth_context import not_logged_in
from quilt_core.domain.names import Registry, is_bucket_name
from quilt_core.domain.objects import ObjectHit
from quilt_core.domain.uris import S3Uri, is_unicode
from quilt_core.error_messages import registry_not_found
from quilt_registry import fields
from quilt_registry.buckets import bucket_of, check_readable
from quilt_registry.graphql.client import GraphQLClient
from quilt_registry.graphql.pages import CursorPage, all_by_cursor
from quilt_registry.graphql.result_unions import unwrap

_DOING = "search for objects"
_NO_VERSION = "null"
"""The value in the index for an object of a bucket without versions."""


def find_objects(
    client: GraphQLClient,
    query: str,
    registries: tuple[Registry, ...],
    limit: int | None,
    page_size: int,
) -> Iterator[ObjectHit]:
    """GraphQL `searchObjects`, then `searchMoreObjects` page by page.

    The first page is requested immediately, so that errors are raised immediately. Parameters and
    errors are those of the hook `search_objects`; without registries, all are searched.
    """
    buckets = [bucket_of(one, "search_objects") for one in registries]
    # A search silently finds nothing in a bucket that cannot be read, so each bucket is checked by
    # requesting its packages.
    for registry in registries if len(buckets) > 1 else ():
        check_readable(client, registry)
    reply = client.run(
        "search_objects",
        {
            "buckets": buckets or None,
            "searchString": query or None,
            "size": page_size,
            "named": buckets[0] if buckets else "",
            "checkNamed": len(buckets) == 1,
        },
    )
    if len(buckets) == 1 and reply.get("registry") is None:
        raise registry_not_found(registries[0])
    found = unwrap(
        reply.get("searchObjects"), "ObjectsSearchResultSet", "EmptySearchResultSet", doing=_DOING
    )
    if fields.get_str(found, "__typename") == "EmptySearchResultSet":
        if client.bearer is None:
            raise not_logged_in("nothing here is open to everybody.")
        return iter(())
    hits = all_by_cursor(
        _page(found.get("firstPage")), partial(_next_page, client, page_size), _identity
    )
    wanted = (_hit(one) for one in hits if not fields.get_bool(one, "deleted"))
    return islice(wanted, limit)


def _identity(hit: fields.Node) -> tuple[str, str, str]:
    """The key that distinguishes hits."""
    return (
        fields.get_str(hit, "bucket"),
        fields.get_str(hit, "key"),
        fields.get_str(hit, "version"),
    )


def _next_page(client: GraphQLClient, size: int, cursor: str) -> CursorPage[fields.Node]:
    data = client.run("search_more_objects", {"after": cursor, "size": size})
    return _page(data.get("searchMoreObjects"))


def _page(value: Any) -> CursorPage[fields.Node]:
    page = unwrap(value, "ObjectsSearchResultSetPage", doing=_DOING)
    return CursorPage(
        cursor=fields.get_optional_str(page, "cursor"),
        items=tuple(fields.get_objects(page, "hits")),
    )


def _hit(hit: fields.Node) -> ObjectHit:
    bucket, key, version_id = _identity(hit)
    if not is_bucket_name(bucket):
        fields.unexpected("bucket", bucket, "the name of a bucket")
    if not key or not is_unicode(key) or not is_unicode(version_id):
        fields.unexpected("key", key, "the Unicode text of a key and a version")
    version = None if version_id == _NO_VERSION else version_id or None
    return ObjectHit(
        uri=S3Uri(bucket, key, version).url,
        bucket=bucket,
        key=key,
        version=version,
        size=fields.get_size(hit),
        modified=fields.get_time(hit, "modified"),
        score=fields.get_number(hit, "score"),
    )
