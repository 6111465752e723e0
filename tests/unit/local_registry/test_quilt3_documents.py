"""The documents that quilt3 sends are valid in the schema states that it was made for."""

from __future__ import annotations

import ast
from importlib.util import find_spec
from pathlib import Path

import pytest
from graphql import DocumentNode, parse, validate
from graphql.utilities import separate_operations
from local_registry.config import SCHEMA_VERSIONS
from local_registry.graphql.execute import schema

pytestmark = pytest.mark.slow

DOCUMENTS = Path(__file__).parent / "quilt3_documents"
# quilt3 8.0.0 sends what 7.3.0 sends. The first state that has all of it, and how many of its
# operations the state before that refuses.
MADE_FOR = {"8.0.0": ("2026-01", 11), "8.1.0a3": ("2026-11", 25)}
OPERATIONS = 46


def kept(version: str) -> dict[str, DocumentNode]:
    text = (DOCUMENTS / f"{version}.graphql").read_text(encoding="utf-8")
    return separate_operations(parse(text))


def refused(documents: dict[str, DocumentNode], label: str) -> dict[str, str]:
    """The operations that a state refuses, with its error messages."""
    found = {name: validate(schema(label), document) for name, document in documents.items()}
    return {name: str(errors[0]) for name, errors in found.items() if errors}


@pytest.mark.parametrize("version", MADE_FOR)
def test_documents_are_valid_from_the_state_that_they_were_made_for(version: str) -> None:
    documents, (since, refused_before) = kept(version), MADE_FOR[version]
    assert len(documents) == OPERATIONS
    for label in SCHEMA_VERSIONS:
        if label >= since:
            assert refused(documents, label) == {}, label
    before = SCHEMA_VERSIONS[SCHEMA_VERSIONS.index(since) - 1]  # type: ignore[arg-type]
    assert len(refused(documents, before)) == refused_before


def test_the_installed_quilt3_sends_nothing_that_the_newest_state_refuses() -> None:
    package = find_spec("quilt3")
    assert package is not None
    assert package.origin is not None
    client = Path(package.origin).parent / "_graphql_client" / "client.py"
    documents = {
        name: document
        for text in _graphql_texts(client.read_text(encoding="utf-8"))
        for name, document in separate_operations(parse(text)).items()
    }
    assert len(documents) >= OPERATIONS
    assert refused(documents, SCHEMA_VERSIONS[-1]) == {}


def _graphql_texts(source: str) -> list[str]:
    """The arguments of the calls to `gql` in quilt3's generated client."""
    return [
        node.args[0].value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "gql"
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    ]
