"""A folder with packages of other clients whose metadata is nested deeply."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quilt_core import QuiltOps
from quilt_core.manifest import ManifestError
from quilt_core.nesting import TOO_DEEP

Write = Callable[[str, str], str]


def nested(levels: int) -> str:
    return '{"a":' * levels + "1" + "}" * levels


def given(folder: Path, name: str, levels: int) -> None:
    """Publish a package with no entries and metadata of this many levels."""
    top_hash = f"{levels:064x}"
    header = f'{{"version": "v0", "message": null, "user_meta": {nested(levels)}}}\n'
    for path, text in (
        (f".quilt/packages/{top_hash}", header),
        (f".quilt/named_packages/{name}/latest", top_hash),
        (f".quilt/named_packages/{name}/1600000000", top_hash),
    ):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")


@pytest.mark.parametrize("levels", [330, 900, 100_000])
def test_one_package_cannot_be_read_and_the_others_can(
    ops: QuiltOps, folder: Path, write: Write, levels: int, caplog: pytest.LogCaptureFixture
) -> None:
    ops.create_package_revision("a/whole", {"x": write("x", "1")}, {"n": 1})
    given(folder, "a/deep", 300)
    given(folder, "a/deeper", levels)
    reads: tuple[Callable[[], Any], ...] = (
        lambda: ops.get_package_info("a/deeper"),
        lambda: ops.get_package_metadata("a/deeper"),
        lambda: ops.browse_content("a/deeper"),
        lambda: ops.browse_content("a/deeper", recursive=True),
    )
    for read in reads:
        with pytest.raises(ManifestError) as caught:
            read()
        assert caught.value.reason == TOO_DEEP
    assert ops.list_all_packages() == ["a/deep", "a/deeper", "a/whole"]
    with caplog.at_level(logging.WARNING, "quilt_core.search"):
        hits = ops.search_packages(order="name")
    assert [one.name for one in hits] == ["a/deep", "a/whole"]
    assert "a/deeper in file://" in caplog.text
    assert json.dumps(ops.get_package_metadata("a/deep")) == nested(300).replace(":", ": ")
    assert json.dumps(hits[0].to_dict()["metadata"]) == nested(300).replace(":", ": ")
    ops.create_package_revision("a/deeper", {"x": write("x", "1")}, {"n": 1})
    assert ops.get_package_metadata("a/deeper") == {"n": 1}
