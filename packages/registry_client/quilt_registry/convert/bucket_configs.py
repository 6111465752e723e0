"""Bucket configurations."""

from __future__ import annotations

from quilt_core.domain.admin import BucketConfig
from quilt_registry import fields


def bucket_config(node: fields.Node) -> BucketConfig:
    """A bucket (fragment `BucketConfigFields`; older registries have no `prefixes`)."""
    return BucketConfig(
        name=fields.get_str(node, "name"),
        title=fields.get_str(node, "title"),
        icon_url=fields.get_optional_str(node, "iconUrl"),
        description=fields.get_optional_str(node, "description"),
        linked_data=node.get("linkedData"),
        overview_url=fields.get_optional_str(node, "overviewUrl"),
        tags=fields.get_optional_strs(node, "tags") or (),
        relevance_score=fields.get_int(node, "relevanceScore"),
        last_indexed=fields.get_optional_time(node, "lastIndexed"),
        browsable=fields.get_bool(node, "browsable"),
        sns_notification_arn=fields.get_optional_str(node, "snsNotificationArn"),
        scanner_parallel_shards_depth=fields.get_optional_int(node, "scannerParallelShardsDepth"),
        skip_metadata_indexing=fields.get_optional_bool(node, "skipMetaDataIndexing"),
        file_extensions_to_index=fields.get_optional_strs(node, "fileExtensionsToIndex"),
        index_content_bytes=fields.get_optional_int(node, "indexContentBytes"),
        prefixes=fields.get_optional_strs(node, "prefixes") or (),
    )
