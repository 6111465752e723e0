"""The main job, step by step: what each backend does, and what its answers are compared by."""

from __future__ import annotations

import hashlib
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import attrs

from quilt_core import QuiltOps

BUCKET = "demo-data"
PACKAGE = "demo/penguins"
_DATA = f"s3://{BUCKET}/penguins"


@attrs.frozen(kw_only=True)
class Step:
    """One operation of the job.

    `run` does it and returns the answer. A reading step is also asked of the other backends at the
    same moment, and their answers must be equal; the answer of a writing step must equal that of
    the other backends' own runs.
    """

    name: str
    run: Callable[[QuiltOps, dict[str, Any]], Any]
    reads: bool = True
    says: Callable[[Any], str] = str


def upload(put: Callable[[str, bytes], None], get: Callable[[str], bytes]) -> None:
    """Put the two objects that the update brings: a changed table and new notes."""
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
        raise AssertionError("the URL gives other bytes than were uploaded")
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
        run=lambda ops, _: ops.delete_package(BUCKET, PACKAGE),
        reads=False,
        says=lambda one: f"{len(one.deleted)} gone",
    ),
)


@attrs.frozen(kw_only=True)
class Outcome:
    """What became of one step on one backend."""

    step: Step
    backend: str
    answer: Any = None
    requests: int = 0
    problem: str | None = None
    """Why it failed, or which backend answered differently."""


def run_job(
    backends: dict[str, QuiltOps], data: bytes, count_requests: Callable[[], int]
) -> Iterator[Outcome]:
    """Do the whole job on one backend after the other.

    Parameters
    ----------
    backends:
        Connections by backend name, all to one registry.
    data:
        The bytes that the content URL must give.
    count_requests:
        Gives the number of requests since it was called last.
    """
    for name, ops in backends.items():
        memory: dict[str, Any] = {"bytes": data}
        for step in STEPS:
            count_requests()
            try:
                answer = step.run(ops, memory)
            except Exception as error:  # noqa: BLE001 - whatever goes wrong is the row's outcome
                yield Outcome(step=step, backend=name, problem=f"{type(error).__name__}: {error}")
                continue
            requests = count_requests()
            problem = None
            if step.reads:
                problem = _ask_others(step, name, answer, backends, memory)
            yield Outcome(
                step=step, backend=name, answer=answer, requests=requests, problem=problem
            )


def _ask_others(
    step: Step, name: str, answer: Any, backends: dict[str, QuiltOps], memory: dict[str, Any]
) -> str | None:
    for other, ops in backends.items():
        if other != name and step.run(ops, memory) != answer:
            return f"{other} answers differently"
    return None
