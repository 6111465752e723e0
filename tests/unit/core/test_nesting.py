"""Metadata that is nested deeply: counted, refused in writes, and converted without recursion."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import Any

import pytest

from quilt_core.cli.revisions import json_object
from quilt_core.domain.base import to_plain
from quilt_core.errors import ValidationError
from quilt_core.nesting import DEEPEST_METADATA, is_deeper
from quilt_core.ops.parsing import parse_metadata
from quilt_core.search import SearchText, parse_query

FAR_TOO_DEEP = 50_000


def nested(levels: int) -> dict[str, Any]:
    value: Any = "inside"
    for level in range(levels - 1):
        value = [value] if level % 2 else {"a": value}
    return {"deep": value}


@pytest.mark.parametrize("levels", [1, 2, 5, 64])
def test_levels_are_counted(levels: int) -> None:
    value = nested(levels)
    text = json.dumps(value)
    for given in (text, text.encode()):
        assert not is_deeper(value, levels, given)
        assert is_deeper(value, levels - 1, given)


def test_brackets_in_texts_are_not_levels() -> None:
    value = {"a": "[{" * 500, "b": [[], {}] * 100}
    assert not is_deeper(value, 3, json.dumps(value))
    assert not is_deeper("[" * 100, 3, json.dumps("[" * 100))


@pytest.mark.parametrize("levels", [DEEPEST_METADATA + 1, 400, FAR_TOO_DEEP])
def test_deeper_metadata_is_not_written(levels: int) -> None:
    with pytest.raises(ValidationError, match="of the package is nested more than 64") as caught:
        parse_metadata(nested(levels))
    assert dict(caught.value.context) == {"limit": DEEPEST_METADATA}
    with pytest.raises(ValidationError, match="of 'd/k' is nested more than 64 levels") as caught:
        parse_metadata(nested(levels), "d/k")
    assert caught.value.context["logical_key"] == "d/k"
    assert parse_metadata(nested(DEEPEST_METADATA)) == nested(DEEPEST_METADATA)


def test_an_option_that_is_nested_too_deeply() -> None:
    with pytest.raises(ValidationError, match="--metadata is nested too deeply") as caught:
        json_object('{"a":' * 200_000 + "1" + "}" * 200_000, "--metadata")
    assert caught.value.context == {"limit": DEEPEST_METADATA, "outcome": "not_written"}


def test_conversion_takes_no_recursion() -> None:
    depth, plain = 0, to_plain(nested(FAR_TOO_DEEP))
    while isinstance(plain, (dict, list)):
        depth, plain = depth + 1, next(iter(plain.values() if isinstance(plain, dict) else plain))
    assert depth == FAR_TOO_DEEP


def test_conversion_makes_new_containers() -> None:
    inner = {"list": [1, {"x": None}], "tuple": (1, 2)}
    given = MappingProxyType({"first": inner, "second": MappingProxyType({})})
    plain = to_plain(given)
    assert plain == {
        "first": {"list": [1, {"x": None}], "tuple": [1, 2]}, "second": {},
    }  # fmt: skip
    assert list(plain) == ["first", "second"]
    plain["first"]["list"][1]["x"] = 1
    assert inner["list"] == [1, {"x": None}]


def test_the_words_of_deep_metadata_are_found() -> None:
    text = SearchText.of_package(
        name="a/b", message=None, metadata={"one": [nested(FAR_TOO_DEEP), "two"], "x": {"y": 3}},
        workflow=None, logical_keys=(), facts={},
    )  # fmt: skip
    assert parse_query("inside").score(text) > 0
    words = next(field.words for field in text.fields if "metadata" in field.names)
    assert (words[0], words[-5:]) == ("one", ("inside", "two", "x", "y", "3"))
