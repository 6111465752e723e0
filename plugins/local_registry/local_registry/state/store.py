"""All stores over one database."""

from __future__ import annotations

import time
from pathlib import Path

from local_registry.clock import Clock
from local_registry.state.api_keys import ApiKeyStore
from local_registry.state.browsing import BrowsingStore
from local_registry.state.buckets import BucketStore
from local_registry.state.database import Database
from local_registry.state.policies import PolicyStore
from local_registry.state.roles import RoleStore
from local_registry.state.settings import SettingsStore
from local_registry.state.sso import SsoStore
from local_registry.state.tabulator import TabulatorStore
from local_registry.state.users import UserStore

FILE_NAME = "registry.sqlite"


class State:
    """The registry's stores: `users`, `roles`, `policies`, `buckets`, `api_keys`, `sso`,
    `tabulator`, `browsing` and `settings` (with `open_query`)."""

    def __init__(
        self,
        data_dir: Path | None = None,
        *,
        clock: Clock = time.time,
        max_api_keys: int = 100,
        max_browsing_sessions: int = 100,
    ) -> None:
        """Open the state kept in `data_dir` (made when missing), or one in memory.

        Raises `OSError` or `sqlite3.DatabaseError` when it cannot be opened.
        """
        if data_dir is not None:
            # What was there with more permissions keeps them: the database takes care of itself.
            data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.database = Database(data_dir / FILE_NAME if data_dir else None)
        self.clock = clock
        self.settings = SettingsStore(self.database)
        self.sso = SsoStore(self.database, clock)
        self.roles = RoleStore(self.database, self.settings, self.sso)
        self.policies = PolicyStore(self.database)
        self.users = UserStore(self.database, clock)
        self.buckets = BucketStore(self.database)
        self.tabulator = TabulatorStore(self.database)
        self.api_keys = ApiKeyStore(self.database, clock, max_per_user=max_api_keys)
        self.browsing = BrowsingStore(
            self.database, self.buckets, clock, max_per_user=max_browsing_sessions
        )

    def close(self) -> None:
        """Close the database."""
        self.database.close()
