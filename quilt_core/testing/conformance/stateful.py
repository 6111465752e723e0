"""Random sequences of calls on a backend and on the in-memory backend, which is the model.

    from quilt_core.testing.conformance.stateful import compare_with_memory

    def test_sequences(tmp_path_factory):
        compare_with_memory(lambda: MyEnvironment(tmp_path_factory.mktemp("registry")))

Objects are written and overwritten, manifests are published by somebody else, packages are created,
updated, copied, deleted and read. Both sides must give the same answers, and errors of the same
class with the same keys of context. Hypothesis shrinks a difference to the few calls that show it.
Needs the extra `testing`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import attrs
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    multiple,
    rule,
    run_state_machine_as_test,
)
from msgspec import UNSET, structs

from quilt_core import CopyMode, QuiltOps, QuiltOpsError, ValidationError
from quilt_core.domain.base import DomainObject
from quilt_core.testing.conformance.environment import Environment
from quilt_core.testing.memory.environment import MemoryEnvironment

_EXAMPLES = os.environ.get("QUILT_STATEFUL_EXAMPLES")
"""Read when this is imported: tests may clear the environment of such variables."""

_NAMES = st.sampled_from(["team/one", "team/two", "lab/one"])
_OBJECT_KEYS = st.sampled_from(["in/one", "in/two"])
_KEYS = st.sampled_from(["a", "A", "b.txt", "d", "d/x", "d/e/z", "ü"])
_PATHS = st.sampled_from(["", "a", "d", "d/x", "d/e", "x"])
_MESSAGES = st.sampled_from([None, "one", "two words"])
_METADATA = st.sampled_from([None, {}, {"n": 1}, {"n": None, "text": "x"}, {"f": 1.0, "l": [1]}])
_QUERIES = st.sampled_from(["", "one", "two", "lab", "nothing"])
_PATTERNS = st.sampled_from([None, "team/*", "*/one", "x"])

_ELSEWHERE = frozenset({"registry", "bucket", "catalog_url", "modified"})
"""Fields that differ by where a registry lies, or by the clock; numbered behaviours test them."""


@attrs.frozen
class Written:
    """An object on both sides: its URIs, and what it holds."""

    subject: str
    model: str
    data: bytes


@attrs.frozen
class Side:
    """A backend: the place to test in, and a connection."""

    environment: Environment
    ops: QuiltOps
    aliases: dict[str, str] = attrs.field(factory=dict)
    """The text that replaces the URIs of its objects when the messages of both sides are
    compared.
    """

    def same_words(self, text: str | None) -> str | None:
        """A text of this side without the addresses that only this side has."""
        known = {**self.aliases, self.environment.registry: "REGISTRY"}
        for uri in sorted(known, key=len, reverse=True):  # one may be the beginning of another
            text = text and text.replace(uri, known[uri])
        return text


def _outcome(side: Side, call: Callable[[Side], Any], *, words: bool) -> tuple[Any, ...]:
    """What a call gives: its answer, or what its error tells."""
    try:
        return ("answer", _plain(call(side)))
    except QuiltOpsError as error:
        told = (type(error).__name__, tuple(sorted(error.context)))
        said = (side.same_words(error.message), side.same_words(error.hint)) if words else ()
        return ("error", *told, *said)


def _plain(value: Any) -> Any:
    """An answer without what differs from one registry to another."""
    if isinstance(value, DomainObject):
        described: Any = type(value)  # each domain class is an attrs class, their base is not
        # Two objects may be equal although one registry says more, such as the hash of a file.
        fields = [field.name for field in attrs.fields(described) if field.eq]
        plain = {name: _plain(getattr(value, name)) for name in fields if name not in _ELSEWHERE}
        if "physical_key" in plain:
            # Two packages of the same content share a manifest, so it may name either's objects.
            plain["physical_key"] = plain["physical_key"] is not None
        return plain
    if isinstance(value, (list, tuple)) or hasattr(value, "__next__"):
        return [_plain(item) for item in value]
    return value


class Sequences(RuleBasedStateMachine):
    """The calls, each made on both sides."""

    objects: Bundle[Written] = Bundle("objects")
    hashes: Bundle[str] = Bundle("hashes")
    make: Callable[[], Environment]
    words = False

    def __init__(self) -> None:
        super().__init__()
        self._sides = [
            Side(environment, environment.connect())
            for environment in (type(self).make(), MemoryEnvironment())
        ]
        self._subject, self._model = self._sides
        self._incomplete: set[str] = set()
        self._counter = 0

    def teardown(self) -> None:
        """Close both sides."""
        for side in self._sides:
            side.ops.close()
            side.environment.close()

    def _same(self, call: Callable[[Side], Any]) -> Any:
        """Make a call on both sides; what it gave, having compared the two."""
        subject, model = (_outcome(side, call, words=self.words) for side in self._sides)
        assert subject == model, f"the backend: {subject}\nin memory:   {model}"
        return subject

    def _uris(self, side: Side, chosen: dict[str, Written]) -> dict[str, str]:
        is_model = side is self._model
        return {key: one.model if is_model else one.subject for key, one in chosen.items()}

    @initialize(target=objects)
    def first_object(self) -> Any:
        """There is an object from the start."""
        return self._put("in/first")

    @rule(target=objects, key=_OBJECT_KEYS)
    def put_object(self, key: str) -> Any:
        """Write or overwrite an object; where objects have no versions, write another one."""
        return self._put(key)

    def _put(self, key: str) -> Written:
        self._counter += 1
        data = b"%d bytes" % self._counter
        if not self._versions:
            key = f"{key}-{self._counter}"
        subject, model = (side.environment.put_object(key, data) for side in self._sides)
        for side, uri in zip(self._sides, (subject, model), strict=True):
            side.aliases[uri] = f"OBJECT {self._counter}"
        return Written(subject, model, data)

    @property
    def _versions(self) -> bool:
        return self._subject.environment.registry.startswith("s3://")

    @rule(
        target=hashes,
        name=_NAMES,
        chosen=st.dictionaries(_KEYS, objects, max_size=3),
        message=_MESSAGES,
        metadata=_METADATA,
        latest=st.booleans(),
        complete=st.booleans(),
    )
    def publish(
        self,
        name: str,
        chosen: dict[str, Written],
        message: str | None,
        metadata: dict[str, Any] | None,
        latest: bool,
        complete: bool,
    ) -> Any:
        """Somebody else writes a manifest, with entries that may name no version."""
        chosen = {k: v for k, v in chosen.items() if not any(o.startswith(f"{k}/") for o in chosen)}
        known = self._model.ops.list_all_packages()
        written = set()
        for side in self._sides:
            uris = self._uris(side, chosen)
            entries = []
            for key, one in chosen.items():
                entry = side.environment.entry("entry", one.data)
                uri = uris[key] if complete else side.environment.without_version(uris[key])
                entries.append(structs.replace(entry, logical_key=key, physical_key=uri))
            written.add(
                side.environment.given(
                    entries,
                    name=name,
                    message=message,
                    user_meta=UNSET if metadata is None else metadata,
                    latest=latest or name not in known,
                )
            )
        if not complete:
            self._incomplete.add(name)
        (top_hash,) = written
        return top_hash

    @rule(
        target=hashes,
        name=_NAMES,
        chosen=st.dictionaries(_KEYS, objects, max_size=3),
        message=_MESSAGES,
        metadata=_METADATA,
        copy=st.booleans(),
    )
    def create(
        self,
        name: str,
        chosen: dict[str, Written],
        message: str | None,
        metadata: dict[str, Any] | None,
        copy: bool,
    ) -> Any:
        """Create a revision."""
        kind = CopyMode.ALL if copy and self._copies else CopyMode.NONE
        given = self._same(
            lambda side: side.ops.create_package_revision(
                name, self._uris(side, chosen), metadata, message=message, copy=kind
            )
        )
        self._incomplete.discard(name)
        return given[1]["top_hash"] if given[0] == "answer" else multiple()

    @property
    def _copies(self) -> bool:
        return self._versions and self._subject.environment.has_copies

    @rule(
        target=hashes,
        name=_NAMES,
        chosen=st.dictionaries(_KEYS, objects, max_size=2),
        remove=st.lists(_KEYS, max_size=2, unique=True),
        message=_MESSAGES,
        metadata=_METADATA,
        copy=st.booleans(),
    )
    def update(
        self,
        name: str,
        chosen: dict[str, Written],
        remove: list[str],
        message: str | None,
        metadata: dict[str, Any] | None,
        copy: bool,
    ) -> Any:
        """Update a package. A kept entry without a version may be kept or refused."""
        kind = (
            CopyMode.ALL
            if copy and self._copies and name not in self._incomplete
            else CopyMode.NONE
        )

        def call(side: Side) -> Any:
            return side.ops.update_package_revision(
                name, self._uris(side, chosen), metadata=metadata, message=message,
                remove=remove, copy=kind,
            )  # fmt: skip

        if name not in self._incomplete:
            given = self._same(call)
        else:
            given = _outcome(self._subject, call, words=False)
            if given[:2] == ("error", ValidationError.__name__):
                return multiple()
            # Of other errors the class counts alone.
            model = _outcome(self._model, call, words=False)
            assert given[:2] == model[:2], f"the backend: {given}\nin memory:   {model}"
        return given[1]["top_hash"] if given[0] == "answer" else multiple()

    @rule(name=_NAMES, top_hash=st.none() | st.just("latest") | hashes)
    def delete(self, name: str, top_hash: str | None) -> None:
        """Delete a package or a revision."""
        self._same(lambda side: side.ops.delete_package(name, top_hash=top_hash))

    @rule(name=_NAMES, top_hash=st.none() | hashes | hashes.map(lambda one: one[:12]))
    def info(self, name: str, top_hash: str | None) -> None:
        """Read what is known of a revision."""
        self._same(lambda side: side.ops.get_package_info(name, top_hash=top_hash))
        self._same(lambda side: side.ops.get_package_metadata(name, top_hash=top_hash))

    @rule(name=_NAMES, pattern=_PATTERNS)
    def listings(self, name: str, pattern: str | None) -> None:
        """List packages and versions."""
        self._same(lambda side: side.ops.list_all_packages(pattern=pattern))
        self._same(lambda side: side.ops.list_package_versions(name))

    @rule(name=_NAMES, path=_PATHS, top_hash=st.none() | hashes)
    def browse(self, name: str, path: str, top_hash: str | None) -> None:
        """List content, one level and all of it."""
        self._same(lambda side: side.ops.browse_content(name, path=path, top_hash=top_hash))
        self._same(
            lambda side: side.ops.browse_content(name, path=path, top_hash=top_hash, recursive=True)
        )

    @rule(name=_NAMES, path=_PATHS.filter(bool), top_hash=st.none() | hashes)
    def read(self, name: str, path: str, top_hash: str | None) -> None:
        """Read the bytes of a file."""
        self._same(
            lambda side: side.environment.download(
                side.ops.get_content_url(name, path=path, top_hash=top_hash)
            )
        )

    @rule(first=_NAMES, second=_NAMES, top_hash=st.none() | hashes)
    def diff(self, first: str, second: str, top_hash: str | None) -> None:
        """Compare two revisions."""
        self._same(lambda side: side.ops.diff_packages(first, second, package1_hash=top_hash))

    @rule(query=_QUERIES, latest_only=st.booleans())
    def search(self, query: str, latest_only: bool) -> None:
        """Search packages; revisions of one name have no order by name."""

        def call(side: Side) -> Any:
            found = side.ops.search_packages(query, latest_only=latest_only)
            return sorted(found, key=lambda info: (info.name, info.top_hash))

        self._same(call)


def compare_with_memory(
    make: Callable[[], Environment],
    *,
    examples: int | None = None,
    steps: int = 20,
    words: bool = False,
) -> None:
    """Run random sequences on a backend and on the in-memory backend.

    Parameters
    ----------
    make:
        Makes a fresh environment of the backend under test, for each sequence.
    examples:
        How many sequences; by default the variable `QUILT_STATEFUL_EXAMPLES`, and else 10.
    steps:
        The calls of a sequence, at most.
    words:
        Compare messages and hints of errors too, as the project's own backends share them
        (`quilt_core.error_messages`). The URLs of registry and objects may differ
        in them.

    Raises
    ------
    AssertionError
        For the first difference, shrunk; Hypothesis prints the calls that lead there.
    """
    wanted = int(_EXAMPLES or examples or 10)
    machine = type("Sequences", (Sequences,), {"make": staticmethod(make), "words": words})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=wanted,
            stateful_step_count=steps,
            deadline=None,
            derandomize=_EXAMPLES is None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
