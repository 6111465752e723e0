"""Administration operations: the catalog's buckets."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from quilt_core import deadline
from quilt_core.auth_context import not_logged_in
from quilt_core.domain.acknowledgement import Acknowledgement
from quilt_core.domain.admin import BucketConfig, BucketSettings
from quilt_core.errors import ConflictError, NotFoundError, NotSupportedError
from quilt_core.hookspecs import hookimpl
from quilt_registry import fields
from quilt_registry.auth.bearer import Bearer, ask_with
from quilt_registry.connection import Connection
from quilt_registry.convert.bucket_configs import bucket_config
from quilt_registry.graphql.failures import login_refused
from quilt_registry.graphql.result_unions import unwrap
from quilt_registry.http.responses import read_json, status_error
from quilt_registry.http.transport import HttpAnswer, send

_PREFIXES_SINCE = "2026-01"
_INPUT_NAMES = {
    "title": "title",
    "icon_url": "iconUrl",
    "description": "description",
    "linked_data": "linkedData",
    "overview_url": "overviewUrl",
    "tags": "tags",
    "relevance_score": "relevanceScore",
    "sns_notification_arn": "snsNotificationArn",
    "scanner_parallel_shards_depth": "scannerParallelShardsDepth",
    "skip_metadata_indexing": "skipMetaDataIndexing",
    "file_extensions_to_index": "fileExtensionsToIndex",
    "index_content_bytes": "indexContentBytes",
    "browsable": "browsable",
    "prefixes": "prefixes",
}
"""Fields of `BucketSettings`, and their names in GraphQL."""


class AdminBucketOperations:
    """Implements the hooks of `quilt_core.hookspecs.admin.buckets` over a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @hookimpl
    def admin_list_buckets(self) -> list[BucketConfig]:
        """GraphQL `bucketConfigs`."""
        client = self._connection.client()
        data = client.run("admin_list_buckets")
        found = [bucket_config(node) for node in fields.get_objects(data, "bucketConfigs")]
        if not found and client.bearer is None:
            raise not_logged_in("nothing here is open to everybody.")
        return sorted(found, key=lambda one: one.name)

    @hookimpl
    def admin_get_bucket(self, name: str) -> BucketConfig:
        """GraphQL `bucketConfig`."""
        data = self._connection.client().run("admin_get_bucket", {"name": name})
        node = fields.get_optional_object(data, "bucketConfig")
        if node is None:
            raise NotFoundError(
                f"The catalog has no bucket {name!r}.",
                hint="admin_list_buckets shows all of them.",
                context={"bucket": name},
            )
        return _bucket(node, name)

    @hookimpl
    def admin_add_bucket(self, name: str, settings: BucketSettings) -> BucketConfig:
        """GraphQL `bucketAdd`."""

        def variables(label: str) -> dict[str, Any]:
            return {"input": {"name": name, **_input("admin_add_bucket", settings, label)}}

        result = self._connection.client().run("admin_add_bucket", variables).get("result")
        added = unwrap(result, "BucketAddSuccess", doing=f"add the bucket {name!r}")
        return _bucket(fields.get_object(added, "bucketConfig"), name)

    @hookimpl
    def admin_update_bucket(self, name: str, settings: BucketSettings) -> BucketConfig:
        """GraphQL `bucketUpdate`."""

        def variables(label: str) -> dict[str, Any]:
            return {"name": name, "input": _input("admin_update_bucket", settings, label)}

        result = self._connection.client().run("admin_update_bucket", variables).get("result")
        updated = unwrap(result, "BucketUpdateSuccess", doing=f"change the bucket {name!r}")
        return _bucket(fields.get_object(updated, "bucketConfig"), name)

    @hookimpl
    def admin_remove_bucket(self, name: str) -> Acknowledgement:
        """GraphQL `bucketRemove`."""
        result = self._connection.client().run("admin_remove_bucket", {"name": name}).get("result")
        unwrap(result, "BucketRemoveSuccess", doing=f"remove the bucket {name!r}")
        return Acknowledgement(action="admin_remove_bucket", subject=name)

    @hookimpl
    def admin_reindex_bucket(self, name: str, prefix: str | None) -> Acknowledgement:
        """REST `POST /api/admin/reindex/<bucket>` (docs/protocol.md, P.5)."""
        identity = self._connection.identity()
        url = f"{identity.target.registry_url}/api/admin/reindex/{quote(name, safe='')}"
        body = json.dumps({} if prefix is None else {"prefix": prefix}).encode()
        timeout = deadline.timeout_or(self._connection.settings.timeout)
        with deadline.within(timeout):
            answer = ask_with(
                identity.bearer,
                # Not repeatable: a second request would conflict with the first one, which is still
                # running.
                lambda token: send(
                    "POST",
                    url,
                    repeatable=False,
                    token=token,
                    headers={"Content-Type": "application/json"},
                    data=body,
                    timeout=timeout,
                ),
            )
        _judge_reindexing(answer, name, identity.bearer)
        return Acknowledgement(action="admin_reindex_bucket", subject=name)


def _bucket(node: fields.Node, name: str) -> BucketConfig:
    """The bucket that an answer describes, which must be the one that the request names."""
    fields.check_same(node, "name", name)
    return bucket_config(node)


def _judge_reindexing(answer: HttpAnswer, name: str, bearer: Bearer | None) -> None:
    """Raise the error for the status of an answer to `POST /api/admin/reindex/<bucket>`."""
    context = {"bucket": name, "status": answer.status}
    if answer.status == 401:
        raise login_refused(answer, bearer)
    if answer.status == 404:
        raise NotFoundError(
            f"The catalog has no bucket {name!r}.",
            hint="admin_list_buckets shows all of them.",
            context=context,
        )
    if answer.status == 409:
        raise ConflictError(
            f"The bucket {name!r} is already being indexed.",
            hint="Wait until the registry has finished.",
            context=context,
        )
    if not 200 <= answer.status < 300:
        raise status_error(answer, read_json(answer))


def _input(operation: str, settings: BucketSettings, label: str) -> dict[str, Any]:
    """The values that are set, by GraphQL name; raises an error if the registry does not have a
    field.
    """
    if settings.prefixes is not None and label < _PREFIXES_SINCE:
        raise NotSupportedError(
            operation, reason=f"this registry knows no prefixes (they came with {_PREFIXES_SINCE})."
        )
    given = {theirs: getattr(settings, ours) for ours, theirs in _INPUT_NAMES.items()}
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in given.items()
        if value is not None
    }
