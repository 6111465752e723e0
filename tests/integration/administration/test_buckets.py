"""A bucket's configuration survives an update to its own settings, in every state of the schema."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import pytest
from local_registry.config import SCHEMA_VERSIONS, RegistryConfig
from local_registry.server import LocalRegistry

from quilt_core import (
    BucketSettings,
    NotSupportedError,
    QuiltOps,
    RoleSignup,
    ValidationError,
    administration,
)

from .conftest import Connect  # type: ignore[import-not-found]

EVERYTHING = BucketSettings(
    title="Everything",
    icon_url="https://example.com/icon.png",
    description="Ünïcode\nin lines",
    linked_data={"@type": "Dataset", "n": [1, 2.5, None, True, {"": []}]},
    overview_url="https://example.com/?a=b&c=d",
    tags=("b", "a", "b"),
    relevance_score=-3,
    sns_notification_arn="arn:aws:sns:us-east-1:000000000000:topic",
    scanner_parallel_shards_depth=2,
    skip_metadata_indexing=False,
    file_extensions_to_index=(".csv", ".md"),
    index_content_bytes=0,
    browsable=False,
)
NOTHING = BucketSettings(title="-", tags=(), file_extensions_to_index=())


@pytest.fixture(params=SCHEMA_VERSIONS, scope="module")
def registry(request: pytest.FixtureRequest) -> Iterator[LocalRegistry]:
    config = RegistryConfig(schema=request.param, seed="demo", control=True)
    with LocalRegistry(config) as found:
        yield found


@pytest.fixture
def ops(connect: Connect, registry: LocalRegistry) -> QuiltOps:
    return connect(registry)


def test_every_field_survives(ops: QuiltOps, registry: LocalRegistry) -> None:
    new = registry.config.schema >= "2026-01"
    everything = attrs.evolve(EVERYTHING, prefixes=("raw/", "a b/") if new else None)
    unset = [name for name, value in attrs.asdict(everything).items() if value is None]
    assert unset == ([] if new else ["prefixes"])
    for settings in (everything, NOTHING):
        given = ops.admin.update_bucket("demo-data", settings)
        stored = registry.context.state.buckets.get("demo-data")
        assert administration.resubmit_bucket(ops, "demo-data") == given
        assert registry.context.state.buckets.get("demo-data") == stored
    for bucket in ("demo-shared", "demo-private"):
        stored = registry.context.state.buckets.get(bucket)
        administration.resubmit_bucket(ops, bucket)
        assert registry.context.state.buckets.get(bucket) == stored


def test_what_an_older_registry_lacks_is_refused_before_anything_is_written(
    ops: QuiltOps, registry: LocalRegistry
) -> None:
    state = administration.read_state(ops)
    exported = administration.parse_document(administration.export_text(state))
    assert administration.make_plan(state, exported, prune=True).is_empty
    for field in ("default_bucket: demo-data", "signup: {page: join, access_code: open-sesame}"):
        document = administration.parse_document(
            f"version: 1\nbuckets: {{demo-data: {{title: New}}}}\n"
            f"roles: {{DemoReader: {{{field}}}}}"
        )
        if registry.config.schema >= "2026-11":
            assert len(administration.make_plan(state, document).changes) == 2
            continue
        with pytest.raises(ValidationError, match="no default bucket and no signup"):
            administration.apply_document(ops, document)
        assert administration.read_state(ops) == state
        with pytest.raises(NotSupportedError):
            ops.admin.update_role("DemoReader", signup=RoleSignup(page="p", access_code="c" * 8))
