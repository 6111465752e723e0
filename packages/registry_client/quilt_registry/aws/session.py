"""boto3 sessions; the only module that imports boto3 when it is imported."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import boto3
import botocore.session
from botocore.credentials import CredentialProvider, CredentialResolver, RefreshableCredentials

from quilt_registry.log_redaction import redact_logs


def ambient_session() -> boto3.Session:
    """A session with the process's own AWS identity, for settings that ask for it by name."""
    return boto3.Session(botocore_session=_bare_session())


def refreshable_session(source: Callable[[], dict[str, str]], method: str) -> boto3.Session:
    """A session whose credentials come from `source` and nowhere else.

    Parameters
    ----------
    source:
        Gives `access_key`, `secret_key`, `token` and `expiry_time` (ISO 8601); called now, and
        again before they expire.
    method:
        A name for where they come from.
    """
    credentials = RefreshableCredentials.create_from_metadata(
        metadata=source(), refresh_using=source, method=method
    )
    session = _bare_session()
    resolver = CredentialResolver([_Fixed(credentials)])
    session.register_component("credential_provider", resolver)
    return boto3.Session(botocore_session=session)


class _Fixed(CredentialProvider):  # type: ignore[misc, unused-ignore]
    """Gives the one set of credentials."""

    METHOD = "quilt-registry"

    def __init__(self, credentials: RefreshableCredentials) -> None:
        super().__init__()
        self._credentials = credentials

    def load(self) -> Any:
        """The credentials."""
        return self._credentials


def _bare_session() -> botocore.session.Session:
    redact_logs()
    session = botocore.session.get_session()
    # Descriptions of AWS services are large; all sessions of the process share them.
    session.register_component("data_loader", _loader())
    return session


@cache
def _loader() -> Any:
    return botocore.session.get_session().get_component("data_loader")
