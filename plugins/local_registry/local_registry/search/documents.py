"""Elasticsearch's documents: pointers, manifests, entries, objects (docs/protocol.md, I.2)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from local_registry.search.facets import metadata_fields
from local_registry.search.index import Hit
from local_registry.search.objects import ObjectHit
from local_registry.storage.revision import Revision
from quilt_core.domain.stored_keys import stored_object

Document = dict[str, Any]


def pointer_document(hit: Hit) -> Document:
    """What a tag or a timestamp of a package points to."""
    name = hashlib.sha256(f"{hit.name}/{hit.pointer}".encode()).hexdigest()
    parent = f"mnfst:{hit.top_hash}"
    return {
        "_index": f"{hit.bucket}_packages",
        "_id": f"ptr:{name}",
        "_routing": parent,
        "_source": {
            "join_field": {"name": "ptr", "parent": parent},
            "ptr_name": hit.name,
            "ptr_tag": hit.pointer,
            "ptr_last_modified": hit.modified.isoformat(),
        },
    }


def manifest_document(hit: Hit) -> Document:
    """The revision that a pointer points to."""
    return {
        "_index": f"{hit.bucket}_packages",
        "_id": f"mnfst:{hit.top_hash}",
        "_source": {
            "join_field": {"name": "mnfst"},
            "mnfst_hash": hit.top_hash,
            "mnfst_last_modified": hit.modified.isoformat(),
            "mnfst_message": hit.comment,
            "mnfst_metadata": hit.meta and json.dumps(hit.meta, ensure_ascii=False),
            "mnfst_metadata_fields": list(metadata_fields(hit.meta or {})),
            "mnfst_stats": {"total_bytes": hit.size, "total_files": hit.entries},
            "mnfst_workflow": hit.workflow,
        },
    }


def entry_documents(bucket: str, revision: Revision) -> Iterator[Document]:
    """The entries of a revision."""
    parent = f"mnfst:{revision.top_hash}"
    for entry in revision.entries.values():
        key = hashlib.sha256(entry.logical_key.encode()).hexdigest()
        yield {
            "_index": f"{bucket}_packages",
            "_id": f"entry:{revision.top_hash}:{key}",
            "_routing": parent,
            "_source": {
                "join_field": {"name": "entry", "parent": parent},
                "entry_lk": entry.logical_key,
                "entry_pk": entry.physical_key,
                "entry_pk_parsed": _parsed(entry.physical_key),
                "entry_size": entry.size,
                "entry_hash": entry.hash and {"type": entry.hash.type, "value": entry.hash.value},
                "entry_metadata": json.dumps(entry.meta, ensure_ascii=False),
            },
        }


def object_documents(hits: Iterable[ObjectHit]) -> Iterator[Document]:
    """The objects of buckets."""
    for hit in hits:
        modified = hit.modified.isoformat()
        event = "ObjectRemoved:DeleteMarkerCreated" if hit.deleted else "ObjectCreated:Put"
        yield {
            "_index": hit.bucket,
            "_id": f"{hit.key}:{hit.version}",
            "_source": {
                "key": hit.key,
                "version_id": hit.version,
                "etag": hit.etag,
                "last_modified": modified,
                "updated": modified,
                "size": hit.size,
                "delete_marker": hit.deleted,
                "event": event,
                "ext": hit.ext,
                "content": hit.content or "",
                "s3_tags": "",
                "user_meta": {},
                "was_packaged": False,
            },
        }


def _parsed(physical_key: str) -> dict[str, Any]:
    uri = stored_object(physical_key)
    if uri is None:
        return {}
    return {"s3": {"bucket": uri.bucket, "key": uri.key, "version_id": uri.version_id}}
