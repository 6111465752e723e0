"""Each state of the served schema is without what came later."""

from __future__ import annotations

import pytest
from graphql import GraphQLSchema, parse, validate
from local_registry.config import SCHEMA_VERSIONS
from local_registry.graphql.execute import schema
from local_registry.graphql.schema_versions import STEPS

CAME_WITH = {
    "2025-02": "{ searchPackages(latestOnly: true) { __typename } }",
    "2025-07": """mutation m($params: PackagePushParams!, $src: PackagePromoteSource!) {
        packagePromote(params: $params, src: $src, destPrefix: "p") { __typename } }""",
    "2025-10": """mutation { bucketSetTabulatorTable(bucketName: "b", tableName: "t") {
        __typename } }""",
    "2026-01": "{ me { apiKeys { id } } }",
    "2026-08": "{ buckets { name } }",
}
# A field that the newest schema has under another type or argument in older ones.
OLDER_FORMS = {
    "2025-02": "{ searchPackages { ... on PackagesSearchResultSet { stats { total } } } }",
    "2026-01": """{ searchPackages { ... on PackagesSearchResultSet {
        firstPage(order: BEST_MATCH) { cursor } } } }""",
}


def _takes(served: GraphQLSchema, document: str) -> bool:
    return not validate(served, parse(document))


@pytest.mark.parametrize("label", SCHEMA_VERSIONS)
def test_what_came_later_is_not_there(label: str) -> None:
    served = schema(label)
    for since, document in CAME_WITH.items():
        assert _takes(served, document) is (label >= since), since
    for until, document in OLDER_FORMS.items():
        assert _takes(served, document) is (label <= until), until


def test_every_step_belongs_to_a_state() -> None:
    assert list(STEPS) == sorted(SCHEMA_VERSIONS[1:], reverse=True)
    assert set(CAME_WITH) == set(STEPS)
