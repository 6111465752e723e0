"""Behaviours of writing objects: sources that give few bytes at once, refused writes, metadata,
times.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from quilt_core import (
    NotFoundError,
    NotSupportedError,
    QuiltOps,
    ValidationError,
)
from quilt_core.manifest import SHA256, EntryHash, hash_bytes
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.clocks import CLOCKS_DIFFER, TIME_ZONES, time_zone
from quilt_core.testing.conformance.environment import Environment

_CHUNK = 8 << 20


class _Trickle(io.RawIOBase):
    """A source like a pipe or a socket: each read returns what is there at the moment, which is
    less than was asked for, and it cannot seek.
    """

    def __init__(self, data: bytes, at_once: int) -> None:
        self._data = memoryview(data)
        self._at_once = at_once

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        given = self._data[: min(len(buffer), self._at_once)]
        self._data = self._data[len(given) :]
        buffer[: len(given)] = given
        return len(given)


class _Broken(io.RawIOBase):
    """A source that cannot be read beyond its first bytes."""

    def __init__(self) -> None:
        self._left = 3

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._left:
            raise OSError("the source is broken")
        self._left -= 1
        buffer[:1] = b"x"
        return 1


class ObjectWriting(BehaviourTests):
    """Writing objects."""

    @behaviour("F-66", "put_object", "open_object")
    @pytest.mark.parametrize(("size", "at_once"), [(20, 7), (1, 1), (0, 1), (_CHUNK + 1, 65_536)])
    def test_a_source_that_gives_few_bytes_at_once(
        self, environment: Environment, ops: QuiltOps, size: int, at_once: int
    ) -> None:
        """An open file is read until it returns no bytes: one that returns fewer bytes than were
        asked for, as a pipe, a socket or an answer of HTTP does, and that cannot seek, is written
        whole, with its size and hash, and stays open.
        """
        data = (b"0123456789abcdef" * (size // 16 + 1))[:size]
        uri = f"{_folder(environment, 'trickle')}/k"
        source: Any = _Trickle(data, at_once)
        stored = ops.put_object(source, uri)
        assert (stored.size, stored.hash) == (size, hash_bytes(data))
        assert not source.closed
        with ops.open_object(uri) as file:
            assert file.read() == data
        checked: Any = _Trickle(data, at_once)
        assert ops.put_object(checked, uri, checksum=hash_bytes(data)).size == size

    @behaviour("F-67", "put_object", "open_object", "get_object_info", "list_objects")
    def test_a_refused_write_leaves_the_object_that_was_there(
        self, environment: Environment, ops: QuiltOps, tmp_path: Path
    ) -> None:
        """Where an object exists, a write that is refused leaves it as it was, with its bytes, its
        version and its time, and no other object beside it: bytes with another checksum or an
        unknown type of checksum, a source that is a directory, missing, a file opened in text mode,
        or one that breaks off.
        """
        root = _folder(environment, "kept")
        uri = f"{root}/k"
        first = ops.put_object(b"first", uri)
        before = ops.get_object_info(uri)
        listed = list(ops.list_objects(root))
        wrong = [EntryHash(SHA256, "0" * 64), hash_bytes(b"other")]
        wrong.append(EntryHash("CRC64NVME", "AAAAAAAAAAA="))
        (tmp_path / "file").write_bytes(b"second")

        def sources() -> Iterator[Any]:
            yield from (b"", b"second", b"x" * (_CHUNK + 1), tmp_path / "file")
            yield io.BytesIO(b"second")

        attempts: list[Callable[[], object]] = [
            lambda source=source, checksum=checksum: ops.put_object(  # type: ignore[misc]
                source, uri, checksum=checksum
            )
            for checksum in wrong
            for source in sources()
        ]
        bad: list[Any] = [tmp_path, tmp_path / "missing", io.StringIO("text"), _Broken()]
        attempts += [
            lambda source=source: ops.put_object(source, uri)  # type: ignore[misc]
            for source in bad
        ]
        for attempt in attempts:
            with pytest.raises(ValidationError) as caught:
                attempt()
            assert caught.value.context["outcome"] == "not_written"
            with ops.open_object(uri) as file:
                assert file.read() == b"first"
        assert ops.get_object_info(uri) == before
        assert list(ops.list_objects(root)) == listed
        with ops.open_object(first.uri) as file:
            assert file.read() == b"first"

    @behaviour("F-68", "put_object", "get_object_info", "list_objects")
    @pytest.mark.parametrize("zone", TIME_ZONES)
    def test_a_new_object_has_the_present_time(
        self,
        environment: Environment,
        ops: QuiltOps,
        monkeypatch: pytest.MonkeyPatch,
        zone: str | None,
    ) -> None:
        """An object has the time at which it was written, by the clock of the store, whatever time
        zone the machine has: where it is described and where it is listed.
        """
        root = _folder(environment, "time")
        with time_zone(monkeypatch, zone):
            before = environment.now()
            stored = ops.put_object(b"1", f"{root}/k")
            times = [ops.get_object_info(stored.uri).modified]
            times += [one.modified for one in ops.list_objects(root)]
            after = environment.now()
        assert len(times) == 2
        for time in times:
            assert time is not None
            assert before - CLOCKS_DIFFER <= time <= after + CLOCKS_DIFFER

    @behaviour("F-69", "put_object", "get_object_info", "open_object")
    def test_metadata_is_written_or_refused(self, environment: Environment, ops: QuiltOps) -> None:
        """Metadata of an object is written with it, or refused: a store that has no metadata raises
        NotSupportedError with the outcome `not_written`, and neither creates the object nor changes
        the one that is there. It is never left out without a word. An object that is replaced
        without metadata has none.
        """
        root = _folder(environment, "metadata")
        uri, there = f"{root}/k", f"{root}/there"
        ops.put_object(b"first", there)
        given = {"team": "a", "kind-of": "raw data"}
        try:
            stored = ops.put_object(b"1", uri, metadata=given)
        except NotSupportedError as error:
            assert error.context["outcome"] == "not_written"
            with pytest.raises(NotFoundError):
                ops.get_object_info(uri)
            with pytest.raises(NotSupportedError):
                ops.put_object(b"second", there, metadata=given)
            with ops.open_object(there) as file:
                assert file.read() == b"first"
            return
        try:
            found = environment.metadata_of(stored.uri)
        except NotImplementedError as error:
            pytest.fail(str(error))
        assert dict(found) == given
        assert dict(environment.metadata_of(ops.put_object(b"2", uri).uri)) == {}


def _folder(environment: Environment, name: str) -> str:
    """A place of its own for a test: beside `Environment.put_object`'s objects."""
    probe = environment.without_version(environment.put_object(f"{name}/probe", b""))
    return probe.removesuffix("/probe") + "/below"
