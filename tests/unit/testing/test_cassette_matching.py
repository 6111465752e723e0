"""A recorded request is replayed only for the same request."""

from __future__ import annotations

import json
from typing import Any

import pytest
from vcr.request import Request

from quilt_core.testing.cassettes.matching import quilt_body, quilt_headers, quilt_uri

URI = "https://registry.example.com/graphql"
DOCUMENT = "query one($a: Int) { me { name } }"


def request(body: bytes | str | None = None, uri: str = URI, **headers: Any) -> Request:
    return Request("POST", uri, body, {k.replace("_", "-"): v for k, v in headers.items()})


def graphql(query: str = DOCUMENT, name: str | None = "one", **variables: Any) -> Request:
    payload = {"query": query, "operationName": name, "variables": variables}
    return request(json.dumps(payload))


@pytest.mark.parametrize(
    "other",
    [
        graphql("query one($a: Int) {\n  # who\n  me { name, }\n}\n"),
        request(json.dumps({"operationName": "one", "variables": {}, "query": DOCUMENT})),
        request(json.dumps({"operationName": "one", "variables": None, "query": DOCUMENT})),
        request(json.dumps({"operationName": "one", "query": DOCUMENT})),
    ],
)
def test_the_same_query_written_differently(other: Request) -> None:
    quilt_body(graphql(), other)


@pytest.mark.parametrize(
    ("other", "part"),
    [
        (graphql("query one($a: Int) { me { email } }"), "document"),
        (graphql("query one($a: Int) { me { name email } }"), "document"),
        (graphql('query one($a: Int) { me { name(x: "a  b") } }'), "document"),
        (graphql(name="two"), "operation name"),
        (graphql(a=1), "variables"),
        (request(json.dumps({"query": DOCUMENT, "operationName": "one", "x": 1})), "extensions"),
        (request(b"[]"), "operation name"),
        (request(None), "operation name"),
    ],
)
def test_another_query(other: Request, part: str) -> None:
    with pytest.raises(AssertionError, match=part):
        quilt_body(graphql(), other)


def test_white_space_within_a_string_matters() -> None:
    one, other = (graphql(f'query one {{ find(text: "{text}") }}') for text in ("a b", "a  b"))
    with pytest.raises(AssertionError):
        quilt_body(one, other)


def test_an_invalid_document_is_compared_literally() -> None:
    quilt_body(graphql('{ me "open'), graphql('{ me "open'))
    with pytest.raises(AssertionError):
        quilt_body(graphql('{ me "open'), graphql('{ me  "open'))


def test_true_differs_from_one_in_variables() -> None:
    with pytest.raises(AssertionError):
        quilt_body(graphql(a=True), graphql(a=1))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (b'{"a": 1, "b": 2}', b'{"b":2,"a":1}', True),
        (b'{"a": 1}', b'{"a": 2}', False),
        (b"a=1&b=2", b"b=2&a=1", True),
        (b"a=1", b"a=2", False),
        (b"\x00\xff", b"\x00\xff", True),
        (b"\x00\xff", b"\x00\xfe", False),
        (b"", None, True),
        (b"<x/>", None, False),
    ],
)
def test_other_bodies(one: bytes, other: bytes | None, same: bool) -> None:
    if same:
        quilt_body(request(one), request(other))
        return
    with pytest.raises(AssertionError):
        quilt_body(request(one), request(other))


@pytest.mark.parametrize(
    ("uri", "same"),
    [
        ("https://h/b/k%20x?a=1&b=2", True),
        ("https://h/b/k%20x?b=2&a=1", True),
        ("https://h/b/k x?a=1&b=2", True),
        ("https://h/b/k%20x?a=1&b=3", False),
        ("https://h/b/k%20x?a=1", False),
        ("https://h/b/other?a=1&b=2", False),
        ("https://other/b/k%20x?a=1&b=2", False),
        ("https://h:8443/b/k%20x?a=1&b=2", False),
        ("http://h/b/k%20x?a=1&b=2", False),
    ],
)
def test_addresses(uri: str, same: bool) -> None:
    one = request(uri="https://h/b/k%20x?a=1&b=2")
    if same:
        quilt_uri(one, request(uri=uri))
        return
    with pytest.raises(AssertionError):
        quilt_uri(one, request(uri=uri))


def test_headers_that_identify_the_request() -> None:
    quilt_headers(request(Range="bytes=0-1", User_Agent="a"), request(range="bytes=0-1"))
    with pytest.raises(AssertionError):
        quilt_headers(request(Range="bytes=0-1"), request())
    with pytest.raises(AssertionError):
        quilt_headers(request(x_amz_copy_source="b/k"), request(x_amz_copy_source="b/other"))
