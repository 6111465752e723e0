"""Bucket configurations."""

from __future__ import annotations

from quilt_core.domain.admin import BucketConfig
from quilt_core.http import wire


def bucket_config(node: wire.Node) -> BucketConfig:
    """A bucket (fragment `BucketConfigFields`; older registries have no `prefixes`)."""
    return BucketConfig(
        name=wire.text(node, "name"),
        title=wire.text(node, "title"),
        icon_url=wire.optional_text(node, "iconUrl"),
        description=wire.optional_text(node, "description"),
        linked_data=node.get("linkedData"),
        overview_url=wire.optional_text(node, "overviewUrl"),
        tags=wire.optional_texts(node, "tags") or (),
        relevance_score=wire.integer(node, "relevanceScore"),
        last_indexed=wire.optional_time(node, "lastIndexed"),
        browsable=wire.flag(node, "browsable"),
        sns_notification_arn=wire.optional_text(node, "snsNotificationArn"),
        scanner_parallel_shards_depth=wire.optional_integer(node, "scannerParallelShardsDepth"),
        skip_metadata_indexing=wire.optional_flag(node, "skipMetaDataIndexing"),
        file_extensions_to_index=wire.optional_texts(node, "fileExtensionsToIndex"),
        index_content_bytes=wire.optional_integer(node, "indexContentBytes"),
        prefixes=wire.optional_texts(node, "prefixes") or (),
    )
