"""Faults in pushes, downloads, verifications and the reading of files."""

# ruff: noqa: E501 - a line a mutant
from __future__ import annotations

import io
from typing import Any

import attrs

from quilt_core import NotFoundError, hookimpl
from quilt_core.manifest import EntryHash, hash_bytes

from ..harness import Mutant, Wrapper, answer, evolve, swallow


class UploadsEverything:
    """Pushes that look at nothing that is there: every file is uploaded again."""

    @hookimpl(wrapper=True)
    def browse_content(self, recursive: bool) -> Any:
        given = yield
        return [attrs.evolve(item, hash=None) for item in given] if recursive else given


class ComparesNothing:
    """Downloads that take any bytes for right, as the hash is that of the bytes."""

    @hookimpl(wrapper=True)
    def browse_content(self, recursive: bool) -> Any:
        given = list((yield))
        if not recursive:
            return given
        return [
            attrs.evolve(item, hash=hash_bytes(b"bad bytes") if item.path == "bad" else item.hash)
            for item in given
        ]


def other(found: EntryHash) -> EntryHash:
    """A hash of the same type with another value."""
    return EntryHash(found.type, "A" * len(found.value))


MUTANTS = [
    Mutant("every push uploads everything", "T-22", Wrapper(UploadsEverything())),
    Mutant("an upload tells another hash", "T-20", answer("put_object", evolve(hash=lambda o: other(o.hash)))),
    Mutant("push counts no bytes", "T-20", answer("push_package", evolve(total_bytes=0))),
    Mutant("push calls the unchanged changed", "T-22", answer("push_package", evolve(changed=lambda r: r.unchanged, unchanged=()))),
    Mutant("push hides removals", "T-23", answer("push_package", evolve(removed=()))),
    Mutant("push claims what it did not write", "T-27", answer("push_package", evolve(written=True))),
    Mutant("push forgets the previous hash", "T-28", answer("push_package", evolve(previous_top_hash=None))),
    Mutant("a download compares nothing", "T-37", Wrapper(ComparesNothing())),
    Mutant("download claims everything", "T-35", answer("download_package", evolve(downloaded=lambda r: r.downloaded + r.unchanged, unchanged=()))),
    Mutant("download hides deletions", "T-41", answer("download_package", evolve(deleted=()))),
    Mutant("verify finds everything right", "T-42", answer("verify_package", evolve(missing=(), extra=(), differing=()))),
    Mutant("verify misses strangers", "T-42", answer("verify_package", evolve(extra=()))),
    Mutant("reading stops early", "T-45", answer("read_content", lambda data: data[:-1])),
    Mutant("a file is opened at its end", "T-45", answer("open_content", lambda file: io.BytesIO(b""))),
    Mutant("a file that is not there is empty", "T-46", swallow("read_content", b"", NotFoundError)),
]  # fmt: skip
