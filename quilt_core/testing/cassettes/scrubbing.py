"""Remove secrets from requests and answers before they are kept."""

from __future__ import annotations

import io
import json
import re
import threading
from collections.abc import Iterable, Mapping
from typing import Any

from vcr.filters import decode_response

from quilt_core.testing.cassettes.normalise import BASE
from quilt_core.testing.cassettes.replacements import Places
from quilt_core.testing.cassettes.secrets import MASK, NAMED, SHAPES, is_secret_field

END_OF_TIME = "2099-12-31T00:00:00+00:00"
"""The expiry time of recorded credentials, far enough in the future for replays in later years."""
_END_SECONDS = 4_102_358_400
_LIFETIMES = frozenset({"expiration", "expires_at", "expires_in", "expiresat"})
_XML_END = re.compile(r"<Expiration>[^<]+</Expiration>")
_CHOSEN_ANEW = frozenset({"ClientRequestToken"})
"""Fields of AWS whose random values let a request be sent twice and count once. They say nothing
about what is asked for: matching goes by all the others."""
_MEASURED: Mapping[str, float] = {
    **dict.fromkeys(("SubmissionDateTime", "CompletionDateTime"), BASE.timestamp()),
    **dict.fromkeys(
        (
            "EngineExecutionTimeInMillis",
            "QueryPlanningTimeInMillis",
            "QueryQueueTimeInMillis",
            "ServicePreProcessingTimeInMillis",
            "ServiceProcessingTimeInMillis",
            "TotalExecutionTimeInMillis",
        ),
        0,
    ),
}
"""When queries of Athena ran and how long: numbers, which are not moved as texts are."""
STORED = "stored_bytes"
"""Marks an answer whose body is kept as stored, including its compression."""
_SHORTEST = 12
"""The minimum length of a scrubbed value that is searched for in later texts."""

KEPT_REQUEST_HEADERS = frozenset(
    {"content-type", "range", "x-amz-copy-source", "x-amz-copy-source-range", "x-amz-target"}
)
KEPT_RESPONSE_HEADERS = frozenset(
    {
        "content-type",
        "content-length",
        "content-range",
        "location",
        "set-cookie",
        "etag",
        "last-modified",
        "retry-after",
        "www-authenticate",
        "x-amz-version-id",
        "x-amz-copy-source-version-id",
        "x-amz-bucket-region",
        "x-amz-delete-marker",
    }
)
_COOKIE = re.compile(r"^([^=;]+)=[^;]*")


class Scrubber:
    """Scrubs the interactions of one cassette; the same interaction twice changes nothing.

    Headers that are not on a list are not kept at all. A value that was scrubbed for the name of
    its field is remembered, and scrubbed wherever it comes again: a session's id in later paths.

    Parameters
    ----------
    places:
        Replaces addresses by fixed names.
    secrets:
        Values that are secrets whatever they look like.
    keep_headers:
        Names of headers to keep, beside the usual ones.
    """

    def __init__(
        self, places: Places, secrets: Iterable[str] = (), keep_headers: Iterable[str] = ()
    ) -> None:
        self._places = places
        self._known = {value for value in secrets if value}
        self._kept = frozenset(name.lower() for name in keep_headers)
        self._asked_by_botocore: dict[int, bool] = {}
        """Of the latest request of each thread."""

    def request(self, request: Any) -> Any:
        """Scrub vcrpy's copy of a request; a body that is a file or pieces becomes bytes."""
        if not isinstance(request.body, (bytes, str, type(None))):
            request = type(request)(
                request.method, request.uri, request.body_bytes, request.headers
            )
        self._asked_by_botocore[threading.get_ident()] = _is_botocores(request)
        request.uri = self.text(self._places.uri(request.uri))
        kept = KEPT_REQUEST_HEADERS | self._kept
        request.headers = {
            name: self.text(_text(value))
            for name, value in request.headers.items()
            if name.lower() in kept
        }
        if isinstance(request.body, io.BytesIO):
            # boto3 sends bytes as a file, which vcrpy gives back as one for ever and cannot write.
            content = request.body.getvalue()
            request._was_file = request._was_iter = False
            request.body = content
        if isinstance(request.body, bytes) and request.body:
            request.body = self.body(request.body)
        return request

    def response(self, response: dict[str, Any]) -> dict[str, Any]:
        """Scrub vcrpy's record of an answer, which comes right after its request.

        Bodies that were compressed for the transfer are decoded. An object that is stored
        compressed stays byte for byte, because its hash, its length and its ranges refer to the
        stored bytes.
        """
        if response.get(STORED) or (self._is_object(response) and _encoding(response)):
            kept = self._headers(response["headers"], {"content-encoding"})
            return {**response, "headers": kept, STORED: True}
        response = decode_response(response)
        before = response["body"]["string"]
        after = self.body(before) if before else before
        headers = self._headers(response["headers"])
        if after != before:
            # The length in the answer to a HEAD request is that of a body that is not sent: it is
            # kept.
            for name in headers:
                if name.lower() == "content-length":
                    headers[name] = [str(len(after))]
        return {**response, "headers": headers, "body": {**response["body"], "string": after}}

    def _is_object(self, response: dict[str, Any]) -> bool:
        """Whether an answer is an object of S3: botocore asked for it, and it is tagged."""
        is_tagged = any(name.lower() == "etag" for name in response["headers"])
        return is_tagged and self._asked_by_botocore.get(threading.get_ident(), False)

    def body(self, body: bytes) -> bytes:
        """Scrub a body: by the names of fields in JSON, by its look in any text."""
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return self._by_look(body.decode("latin-1")).encode("latin-1")
        text = self._places.text(text)
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            text = _XML_END.sub(f"<Expiration>{END_OF_TIME}</Expiration>", text)
            return NAMED.hide(self.text(text)).encode()
        clean = self._value(value)
        # Bytes that need no scrubbing stay exactly what they were.
        return text.encode() if clean == value else json.dumps(clean).encode()

    def text(self, text: str) -> str:
        """Scrub what looks like a secret, and what is known to be one."""
        return self._by_look(self._places.text(text))

    def _by_look(self, text: str) -> str:
        for value in self._known:
            text = text.replace(value, MASK)
        for shape in SHAPES:
            text = shape.hide(text)
        return text

    def _headers(
        self, headers: Mapping[str, list[Any]], also: frozenset[str] | set[str] = frozenset()
    ) -> dict[str, list[str]]:
        kept = KEPT_RESPONSE_HEADERS | self._kept | also
        return {
            name: [self._header(name, _text(value)) for value in values]
            for name, values in sorted(headers.items(), key=lambda item: item[0].lower())
            if name.lower() in kept
        }

    def _header(self, name: str, value: str) -> str:
        if name.lower() == "set-cookie":
            return _COOKIE.sub(rf"\1={MASK}", value)
        if name.lower() == "location":
            value = self._places.uri(value)
        return self.text(value)

    def _value(self, value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return self._object(value)
        if isinstance(value, list):
            return [self._value(item, name) for item in value]
        if not isinstance(value, str):
            return value
        if is_secret_field(name):
            return self._learn(value)
        clean = self.text(value)
        return clean if name == "query" else NAMED.hide(clean)

    def _object(self, value: dict[str, Any]) -> dict[str, Any]:
        issued = any(is_secret_field(name) and isinstance(value[name], str) for name in value)
        session = value.get("__typename") == "BrowsingSession"
        clean: dict[str, Any] = {}
        for name, item in value.items():
            if issued and name.lower() in _LIFETIMES:
                clean[name] = END_OF_TIME if isinstance(item, str) else _END_SECONDS
            elif session and name == "id" and isinstance(item, str):
                clean[name] = self._learn(item)
            elif name in _CHOSEN_ANEW:
                clean[name] = MASK
            elif name in _MEASURED and isinstance(item, (int, float)):
                clean[name] = _MEASURED[name]
            else:
                clean[name] = self._value(item, name)
        return clean

    def _learn(self, value: str) -> str:
        if len(value) >= _SHORTEST and value != MASK:
            self._known.add(value)
        return MASK if value else value


def _is_botocores(request: Any) -> bool:
    """Whether botocore sent a request; it reads the bytes that are stored, compressed or not."""
    return any(name.lower() == "amz-sdk-invocation-id" for name in request.headers)


def _encoding(response: dict[str, Any]) -> bool:
    return any(name.lower() == "content-encoding" for name in response["headers"])


def _text(value: Any) -> str:
    """boto3's headers are bytes, which a cassette would hide in base64."""
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
