"""A registry that lies: its answers follow the schema and are then damaged, without a network."""

from __future__ import annotations

import json
import random
import string
import time
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import attrs
import pytest
import requests
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    is_abstract_type,
    parse,
)
from local_registry.graphql.execute import schema
from quilt_registry.http import pool

import quilt_core
from quilt_core import QuiltOps

HASHES = ["a" * 64, "0123456789abcdef" * 4, "b" * 63]
TEXTS = ["", "a", "team/data", "latest", "s3://bucket/a?versionId=1", "ü\u2028\x00", "1767225600"]
TIMES = ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.678+02:00", "1970-01-01T00:00:00",
         "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "yesterday", ""]  # fmt: skip
NUMBERS = [0, 1, -1, 5.0, 2**31, 2**53 + 2, 1e308, -0.5, 10**30]
NAMES = ["ada", "role", "table", "bucket", "1", "a", "b", "policy", "ci", "admin"]
CREDENTIALS = {"AccessKeyId": "A", "SecretAccessKey": "B", "SessionToken": "C",
               "Expiration": "2999-01-01T00:00:00Z"}  # fmt: skip
CONFIG = {"registryUrl": "https://registry.example", "region": "us-east-1",
          "apiGatewayEndpoint": "https://api.example", "analyticsBucket": "stack-analytics-1",
          "s3Proxy": "https://proxy.example", "mode": "PRODUCT", "stackVersion": "1.0"}  # fmt: skip
MOST_REQUESTS = 12


_parsed = lru_cache(parse)


def junk(rng: random.Random, depth: int = 0) -> Any:
    """Any JSON value."""
    kind = rng.randrange(9 if depth < 3 else 6)
    if kind == 0:
        return None
    if kind == 1:
        return rng.choice([True, False])
    if kind == 2:
        return rng.choice(NUMBERS)
    if kind in (3, 4):
        return rng.choice([*TEXTS, *TIMES, *HASHES])
    if kind == 5:
        return "".join(rng.choices(string.printable, k=rng.randrange(8)))
    if kind == 6:
        return [junk(rng, depth + 1) for _ in range(rng.randrange(3))]
    return {rng.choice(TEXTS): junk(rng, depth + 1) for _ in range(rng.randrange(3))}


@attrs.frozen
class Liar:
    """Answers documents by the schema; `damage` is the probability of a wrong field."""

    rng: random.Random
    damage: float
    schema: GraphQLSchema

    def answer(self, payload: Mapping[str, Any]) -> Any:
        """The `data` of the answer to a document."""
        document = _parsed(payload["query"])
        fragments = {
            one.name.value: one
            for one in document.definitions
            if isinstance(one, FragmentDefinitionNode)
        }
        [operation] = [
            one for one in document.definitions if isinstance(one, OperationDefinitionNode)
        ]
        root = self.schema.get_root_type(operation.operation)
        return self._object(root, [operation.selection_set], fragments)

    def _object(
        self,
        kind: Any,
        selections: list[SelectionSetNode],
        fragments: Mapping[str, FragmentDefinitionNode],
    ) -> dict[str, Any]:
        made: dict[str, Any] = {}
        merged: dict[str, list[FieldNode]] = {}
        for selection in selections:
            self._collect(kind, selection, fragments, merged)
        for name, nodes in merged.items():
            if self.rng.random() < self.damage:
                if self.rng.random() < 0.7:
                    made[name] = junk(self.rng)
                continue
            field = nodes[0].name.value
            if field == "__typename":
                made[name] = kind.name
                continue
            if field in ("name", "id"):
                made[name] = self.rng.choice(NAMES)
                continue
            if field == "totalEntries":
                made[name] = self.rng.choice([0, 1, 2])
                continue
            inner = [one.selection_set for one in nodes if one.selection_set is not None]
            made[name] = self._value(kind.fields[field].type, inner, fragments)
        return made

    def _collect(
        self,
        kind: GraphQLObjectType,
        selection: SelectionSetNode,
        fragments: Mapping[str, FragmentDefinitionNode],
        into: dict[str, list[FieldNode]],
    ) -> None:
        for node in selection.selections:
            if isinstance(node, FieldNode):
                into.setdefault(node.alias.value if node.alias else node.name.value, []).append(
                    node
                )
                continue
            if isinstance(node, FragmentSpreadNode):
                found = fragments[node.name.value]
                condition, inner = found.type_condition, found.selection_set
            else:
                assert isinstance(node, InlineFragmentNode)
                condition, inner = node.type_condition, node.selection_set
            if condition is None or self._is(kind, condition.name.value):
                self._collect(kind, inner, fragments, into)

    def _is(self, kind: GraphQLObjectType, name: str) -> bool:
        wanted = self.schema.type_map[name]
        return kind is wanted or (
            is_abstract_type(wanted) and self.schema.is_sub_type(wanted, kind)
        )

    def _value(self, kind: Any, inner: list[SelectionSetNode], fragments: Any) -> Any:
        if isinstance(kind, GraphQLNonNull):
            return self._read_credentials(kind.of_type, inner, fragments)
        return None if self.rng.random() < 0.2 else self._read_credentials(kind, inner, fragments)

    def _read_credentials(self, kind: Any, inner: list[SelectionSetNode], fragments: Any) -> Any:
        if isinstance(kind, GraphQLList):
            return [
                self._value(kind.of_type, inner, fragments) for _ in range(self.rng.randrange(3))
            ]
        if isinstance(kind, GraphQLObjectType):
            return self._object(kind, inner, fragments)
        if isinstance(kind, (GraphQLUnionType, GraphQLInterfaceType)):
            members = self.schema.get_possible_types(kind)
            return self._object(self.rng.choice(list(members)), inner, fragments)
        if isinstance(kind, GraphQLEnumType):
            return self.rng.choice(list(kind.values))
        return self._scalar(kind.name)

    def _scalar(self, name: str) -> Any:
        rng = self.rng
        if name == "Datetime":
            return rng.choice(TIMES)
        if name == "Boolean":
            return rng.choice([True, False])
        if name in ("Int", "Float"):
            return rng.choice(NUMBERS)
        if name == "JsonRecord":
            return {rng.choice(TEXTS): junk(rng) for _ in range(rng.randrange(3))}
        if name == "PackageContentsFlatMap":
            return {rng.choice(TEXTS): self._entry() for _ in range(rng.randrange(3))}
        if name == "Json":
            return rng.choice([junk(rng), json.dumps(junk(rng))])
        return rng.choice([*TEXTS, *HASHES])

    def _entry(self) -> Any:
        if self.rng.random() < self.damage:
            return junk(self.rng)
        return {
            "physicalKey": self.rng.choice(TEXTS),
            "size": self.rng.choice(NUMBERS),
            "hash": self.rng.choice([None, {"type": "SHA256", "value": "x"}, junk(self.rng)]),
            "meta": self.rng.choice([None, {"user_meta": {"a": 1}}, junk(self.rng)]),
        }


@attrs.define
class LyingSession:
    """Takes the place of a `requests.Session` and its adapter; the seed answers every request."""

    liar: Liar
    requests: int = 0

    def get_adapter(self, _url: str) -> LyingSession:
        return self

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        self.requests += 1
        url = str(request.url)
        rng = self.liar.rng
        if self.requests > MOST_REQUESTS:  # paging ends when the server returns no more pages
            return _response(url, 500, b"{}")
        if rng.random() < 0.1:
            raise rng.choice(
                [requests.exceptions.ReadTimeout(), requests.exceptions.ChunkedEncodingError()]
            )
        if rng.random() < self.liar.damage * 2:
            return self._envelope(url)
        payload = _payload(request.body)
        if payload is None:
            known = CONFIG if url.endswith("config.json") else CREDENTIALS
            body = {name: value if rng.random() > self.liar.damage else junk(rng)
                    for name, value in known.items()}  # fmt: skip
            return _response(url, 200, json.dumps(body).encode())
        body = {"data": self.liar.answer(payload)}
        if rng.random() < 0.1:
            body["errors"] = junk(rng)
        return _response(url, 200, json.dumps(body).encode())

    def _envelope(self, url: str) -> requests.Response:
        rng = self.liar.rng
        status = rng.choice([200, 200, 201, 204, 301, 400, 401, 403, 404, 429, 500, 503])
        bodies = [b"", b"<html>502</html>", b"\xff\xfe", b"{", b"null", b"[]",
                  b'{"data": null}', b'{"errors": [{}]}',
                  json.dumps(junk(rng)).encode()]  # fmt: skip
        return _response(url, status, rng.choice(bodies))


def _payload(data: object) -> Mapping[str, Any] | None:
    if not isinstance(data, bytes) or not data.startswith(b"{"):
        return None
    found = json.loads(data)
    return found if "query" in found else None


def _response(url: str, status: int, body: bytes) -> requests.Response:
    response = requests.Response()
    response.status_code, response.url, response._content = status, url, body
    response._content_consumed = True
    response.headers["Content-Type"] = "application/json"
    return response


@pytest.fixture
def lie(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Connects the platform backend to a registry whose lies are determined by a seed.

    `lie.by(seed)` gives the registry of the newest connection another seed.
    """
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setattr(time, "sleep", lambda _: None)
    served = schema()

    def by(seed: int) -> None:
        rng = random.Random(seed)
        session = LyingSession(Liar(rng, rng.choice([0.0, 0.02, 0.1, 0.4]), served))
        monkeypatch.setattr(pool, "shared_session", lambda: session)

    def make(seed: int) -> QuiltOps:
        by(seed)
        return quilt_core.connect(
            "platform",
            registry="s3://bucket",
            registry_url="https://registry.example",
            catalog_url="https://catalog.example",
            token="token",
            region="us-east-1",
            use_quilt3_login=False,
        )

    make.by = by  # type: ignore[attr-defined]
    yield make
