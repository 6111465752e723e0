"""The main job, step by step: what each backend does."""

from __future__ import annotations

import hashlib
import urllib.request
from collections.abc import Callable
from typing import Any

import attrs

from quilt_core import ProtocolError, QuiltOps

BUCKET = "demo-data"
PACKAGE = "demo/penguins"
_DATA = f"s3://{BUCKET}/penguins"


@attrs.frozen(kw_only=True)
class Step:
    """One operation of the job.

    `run` does it and returns the answer; it keeps in the dictionary what later steps need. A
    reading step is also asked of the other backends at the same moment, and their answers must be
    equal; the answer of a writing step must equal that of the other backends' own runs. `says` puts
    an answer into a few words.
    """

    name: str
    run: Callable[[QuiltOps, dict[str, Any]], Any]
    reads: bool = True
    says: Callable[[Any], str] = str


def upload(put: Callable[[str, bytes], None], get: Callable[[str], bytes]) -> None:
    """Write the two objects for the update: a changed table and new notes."""
    table = get("penguins/data/penguins.csv").decode().splitlines()
    adelie = [table[0], *(line for line in table[1:] if line.startswith("Adelie"))]
    put("incoming/data/penguins.csv", "\n".join([*adelie, ""]).encode())
    put("incoming/notes.md", b"# Notes\n\nOnly the Adelie penguins are left.\n")


def _create(ops: QuiltOps, memory: dict[str, Any]) -> Any:
    files = ("README.md", "LICENSE.md", "data/penguins.csv", "data/by-island/biscoe.csv",
             "data/by-island/dream.csv", "data/by-island/torgersen.csv")  # fmt: skip
    memory["first"] = ops.create_package_revision(
        PACKAGE,
        {name: f"{_DATA}/{name}" for name in files},
        metadata={"species": ["Adelie", "Chinstrap", "Gentoo"], "individuals": 344},
        message="The Palmer penguins",
    )
    return memory["first"]


def _update(ops: QuiltOps, memory: dict[str, Any]) -> Any:
    incoming = f"s3://{BUCKET}/incoming"
    memory["second"] = ops.update_package_revision(
        PACKAGE,
        {
            "data/penguins.csv": f"{incoming}/data/penguins.csv",
            "notes.md": f"{incoming}/notes.md",
        },
        metadata={"species": ["Adelie"]},
        message="Only Adelie",
    )
    return memory["second"]


def _download(ops: QuiltOps, memory: dict[str, Any]) -> str:
    url = ops.get_content_url(PACKAGE, path="data/penguins.csv")
    with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - the registry's own URL
        data: bytes = answer.read()
    if data != memory["bytes"]:
        raise ProtocolError("The URL gives other bytes than were uploaded.")
    return hashlib.sha256(data).hexdigest()


def _count(what: str) -> Callable[[Any], str]:
    return lambda answer: f"{len(answer)} {what}"


STEPS = (
    Step(name="create", run=_create, reads=False, says=lambda one: one.top_hash[:8]),
    Step(name="update", run=_update, reads=False, says=lambda one: one.top_hash[:8]),
    Step(
        name="list versions",
        run=lambda ops, _: ops.list_package_versions(PACKAGE),
        says=_count("versions"),
    ),
    Step(
        name="search",
        run=lambda ops, _: ops.search_packages("adelie", order="name"),
        says=_count("found"),
    ),
    Step(
        name="info",
        run=lambda ops, _: ops.get_package_info(PACKAGE),
        says=lambda one: f"{one.total_entries} files",
    ),
    Step(name="browse", run=lambda ops, _: ops.browse_content(PACKAGE), says=_count("items")),
    Step(
        name="browse all",
        run=lambda ops, _: list(ops.browse_content(PACKAGE, recursive=True)),
        says=_count("files"),
    ),
    Step(
        name="diff",
        run=lambda ops, memory: ops.diff_packages(
            PACKAGE, PACKAGE, package1_hash=memory["first"].top_hash
        ),
        says=lambda one: f"+{len(one.added)} -{len(one.deleted)} ~{len(one.modified)}",
    ),
    Step(name="content URL", run=_download, says=lambda one: f"bytes {one[:8]}"),
    Step(
        name="delete",
        run=lambda ops, _: ops.delete_package(PACKAGE, f"s3://{BUCKET}"),
        reads=False,
        says=lambda one: f"{len(one.deleted)} gone",
    ),
)
