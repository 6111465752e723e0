"""What is kept for one identity's queries in Athena: its clients, and where they run."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import attrs

from quilt_registry.query.discovery import AthenaPlace, Finder
from quilt_registry.query.options import AthenaOptions
from quilt_registry.transfer import TransferEngine


@attrs.define(kw_only=True)
class AthenaAccess:
    """Athena with the rights of one identity; safe for threads.

    client, s3: boto3 clients; engine: gives what reads objects; options: what is configured;
    stack: gives the stack's name, or None.
    """

    client: Any
    s3: Any = attrs.field(repr=False)
    engine: Callable[[], TransferEngine] = attrs.field(repr=False)
    options: AthenaOptions
    stack: Callable[[], str | None] = attrs.field(repr=False)
    _place: AthenaPlace | None = None
    _lock: threading.Lock = attrs.field(factory=threading.Lock, repr=False)

    def place(self, bucket: str) -> AthenaPlace:
        """Where queries about a bucket run; looked for once. Raises as `Finder.find`."""
        with self._lock:
            if self._place is None:
                finder = Finder(self.client, self.s3, self.options, self.stack())
                self._place = finder.find(bucket)
            return self._place

    def forget(self, place: AthenaPlace) -> None:
        """Look again next time: what was found is refused now, as after a change of the role."""
        with self._lock:
            if self._place == place:
                self._place = None
