"""The state of one identity's queries in Athena: its clients, and where the queries run."""

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
    """Athena with the rights of one identity; thread-safe.

    client, s3: boto3 clients; engine: returns the transfer engine; options: the configured options;
    stack: returns the stack's name, or None.
    """

    client: Any
    s3: Any = attrs.field(repr=False)
    engine: Callable[[], TransferEngine] = attrs.field(repr=False)
    options: AthenaOptions
    stack: Callable[[], str | None] = attrs.field(repr=False)
    _place: AthenaPlace | None = None
    _lock: threading.Lock = attrs.field(factory=threading.Lock, repr=False)

    def place(self, bucket: str) -> AthenaPlace:
        """The place where queries about a bucket run, found once. Raises the errors of
        `Finder.find`.
        """
        with self._lock:
            if self._place is None:
                finder = Finder(self.client, self.s3, self.options, self.stack())
                self._place = finder.find(bucket)
            return self._place

    def forget(self, place: AthenaPlace) -> None:
        """Search again next time, because the place is refused now, for example after a change of
        the role.
        """
        with self._lock:
            if self._place == place:
                self._place = None
