"""How cassettes are written: vcrpy's own format, laid out for people and for diffs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import yaml

from quilt_core.testing.cassettes.normalise import Stabiliser, map_texts, texts_in
from quilt_core.testing.cassettes.timing import RECORDED_AT


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


class CassetteSerializer:
    """vcrpy serializer, registered in the place of `yaml`; any vcrpy reads what it writes.

    JSON is laid out over lines, ids and times of the recording are numbered.
    """

    def serialize(self, cassette: dict[str, Any]) -> str:
        """The text of the file."""
        laid_out = [_interaction(one) for one in cassette["interactions"]]
        exchanges = [(texts_in(one["request"]), texts_in(_told(one))) for one in laid_out]
        stable = Stabiliser(exchanges, datetime.now(UTC))
        document = {**cassette, "interactions": [_stable(one, stable) for one in laid_out]}
        text: str = yaml.dump(
            document, Dumper=_Dumper, width=2**20, allow_unicode=True, sort_keys=True
        )
        return text

    def deserialize(self, text: str) -> dict[str, Any]:
        """The content of a file."""
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        content: dict[str, Any] = yaml.load(text, Loader=loader)  # noqa: S506 - a safe one
        return content


def _interaction(interaction: dict[str, Any]) -> dict[str, Any]:
    request, response = interaction["request"], interaction["response"]
    if not _is_object(interaction):
        response = _answer(response)
    return {"request": {**request, "body": _laid_out(request["body"])}, "response": response}


def _is_object(interaction: dict[str, Any]) -> bool:
    """Whether the answer is an object's bytes, which have a size and a hash."""
    headers = interaction["response"]["headers"]
    is_tagged = any(name.lower() == "etag" for name in headers)
    return is_tagged and interaction["request"]["method"] == "GET"


def _told(interaction: dict[str, Any]) -> dict[str, Any]:
    """What the server itself says in its answer, without the bytes of objects."""
    response = {name: part for name, part in interaction["response"].items() if name != RECORDED_AT}
    return {**response, "body": {}} if _is_object(interaction) else response


def _stable(interaction: dict[str, Any], stable: Stabiliser) -> dict[str, Any]:
    """The interaction with numbered ids and times; in an object only ids known from elsewhere,
    such as those of versions in a manifest."""
    response = interaction["response"]
    numbered: dict[str, Any] = map_texts(interaction, stable)
    if _is_object(interaction):
        numbered["response"]["body"] = map_texts(response["body"], stable.ids)
    if RECORDED_AT in response:
        numbered["response"][RECORDED_AT] = stable.clock(response[RECORDED_AT])
    return numbered


def _answer(response: dict[str, Any]) -> dict[str, Any]:
    headers, body = response["headers"], response["body"]
    names = {name.lower(): name for name in headers}
    text = body.get("string")
    after = _laid_out(text)
    if after != text and "content-length" in names:
        headers = {**headers, names["content-length"]: [str(len(after.encode()))]}
    return {**response, "headers": headers, "body": {**body, "string": after}}


def _laid_out(body: Any) -> Any:
    """JSON over several lines; everything else as it is."""
    if not isinstance(body, str) or not body.startswith(("{", "[")):
        return body
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return body
    return json.dumps(value, indent=1, ensure_ascii=False)
