"""What the operations of a campaign reported: every write and its outcome, and every read and
whether it was right."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from enum import Enum

import attrs

from quilt_core.errors import TransportError


class Outcome(Enum):
    """What an operation reported about a write."""

    WRITTEN = "written"
    FAILED = "failed for certain"
    UNSURE = "not known"


@attrs.define(kw_only=True)
class Write:
    """One attempt to publish a revision; no other attempt has the same message."""

    package: str
    message: str
    entries: Mapping[str, bytes]
    """The content that each logical key must have."""
    metadata: Mapping[str, object]
    outcome: Outcome = Outcome.UNSURE
    top_hash: str | None = None
    deleted: Outcome | None = None
    """What a deletion reported; None if there was none."""


@attrs.define
class Ledger:
    """The record that all workers fill."""

    writes: list[Write] = attrs.field(factory=list)
    calls: Counter[str] = attrs.field(factory=Counter)
    errors: Counter[tuple[str, str]] = attrs.field(factory=Counter)
    reads: int = 0
    reads_failed: int = 0
    """Reads that raised for another reason than time."""
    reads_late: int = 0
    """Reads that raised because no answer came within the timeout."""
    read_errors: Counter[str] = attrs.field(factory=Counter)
    users: dict[str, Outcome] = attrs.field(factory=dict)
    wrong: list[str] = attrs.field(factory=list)
    _lock: threading.Lock = attrs.field(factory=threading.Lock, repr=False)

    def plan(self, write: Write) -> Write:
        """Note a write before it is tried."""
        with self._lock:
            self.writes.append(write)
        return write

    def called(self, operation: str, error: BaseException | None, *, read: bool) -> None:
        """Note a call and how it ended."""
        with self._lock:
            self.calls[operation] += 1
            self.reads += read
            if error is not None:
                text = f"{type(error).__name__}: {error}"[:160]
                self.errors[operation, text] += 1
                if read:
                    late = isinstance(error, TransportError) and "timeout" in error.context
                    self.reads_late += late
                    self.reads_failed += not late
                    self.read_errors[text] += 1

    def user(self, name: str, outcome: Outcome) -> None:
        """Note the creation of a user."""
        with self._lock:
            self.users[name] = outcome

    def mistake(self, text: str) -> None:
        """Note something that must not happen."""
        with self._lock:
            self.wrong.append(text)
