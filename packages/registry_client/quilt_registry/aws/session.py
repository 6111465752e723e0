"""boto3 sessions; this is the only module whose import imports boto3."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from copy import copy
from functools import cache
from typing import Any

import boto3
import botocore.session
from botocore.credentials import CredentialProvider, CredentialResolver, RefreshableCredentials
from botocore.hooks import HierarchicalEmitter

from quilt_core.errors import QuiltOpsError
from quilt_core.secret import Secret
from quilt_registry.aws.configuration import configuration_errors

logger = logging.getLogger("quilt_core.auth")

_OLD_ENOUGH = 60.0
"""The number of seconds after which credentials that replaced refused ones may be replaced
themselves.
"""
_NO_PROFILE = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}
"""botocore's variables without the process's profile: name in the file, in the environment,
default, conversion."""


def ambient_session(region: str | None = None) -> boto3.Session:
    """A session with the process's own AWS identity, for settings that ask for it explicitly.

    Parameters
    ----------
    region:
        The session's region; None for the one in the process's AWS configuration.

    Raises
    ------
    ValidationError
        When the process's AWS configuration is broken.
    """
    with configuration_errors():
        return boto3.Session(botocore_session=_bare_session(), region_name=region)


def registry_session(source: Callable[[], dict[str, str]], method: str) -> boto3.Session:
    """A session whose credentials come only from `source`.

    Nothing of the process's profile is read: neither AWS_PROFILE nor its files of configuration
    and credentials. Endpoints, proxies and certificates still come from the environment.

    Parameters
    ----------
    source:
        Returns `access_key`, `secret_key`, `token` and `expiry_time` (ISO 8601); called now, again
        before they expire, and when AWS refuses them.
    method:
        A name for the source of the credentials.
    """
    return session_with(IssuedCredentials.issue(source, method), None)


def session_with(credentials: Any, region: str | None) -> boto3.Session:
    """A session with only these credentials, and nothing of the process's profile.

    With None it has no credentials at all.
    """
    session = _bare_session(_NO_PROFILE)
    resolver = CredentialResolver([_Fixed(credentials)])
    session.register_component("credential_provider", resolver)
    return boto3.Session(botocore_session=session, region_name=region)


class IssuedCredentials(RefreshableCredentials):  # type: ignore[misc, unused-ignore]
    """Credentials that are requested again before they expire, and once when AWS refuses them."""

    @classmethod
    def issue(cls, source: Callable[[], dict[str, str]], method: str) -> IssuedCredentials:
        """Request them now; raises the errors of `source`."""
        known: list[Secret] = []
        issued: list[IssuedCredentials] = []

        def ask() -> dict[str, str]:
            try:
                metadata = source()
            except QuiltOpsError as error:
                if issued:  # errors of the first request are raised to the caller
                    logger.warning("AWS credentials were not renewed: %s", error.message)
                raise
            # Exists as long as the credentials, so that they are masked wherever they appear.
            known[:] = [Secret(metadata[name]) for name in ("secret_key", "token")]
            for credentials in issued:
                credentials._dropped = False
            return metadata

        issued.append(cls.create_from_metadata(metadata=ask(), refresh_using=ask, method=method))
        return issued[0]

    _dropped = False
    _replaced_at: float | None = None

    def drop(self) -> None:
        """Request new ones before the next request is signed."""
        self._dropped = True

    def drop_refused(self, access_key: str | None) -> bool:
        """Whether to send a request again after a refusal by AWS.

        It is sent again if the credentials have been replaced in the meantime, or are dropped now.
        Credentials that have just replaced refused ones are kept: then the refusal is about rights.

        Parameters
        ----------
        access_key:
            The id of the key that signed the refused request; None if it is not known.
        """
        if access_key is not None and access_key != self.access_key:
            return True
        now = time.monotonic()
        if self._replaced_at is not None and now - self._replaced_at < _OLD_ENOUGH:
            return False
        self._replaced_at = now
        self._dropped = True
        return True

    def refresh_needed(self, refresh_in: int | None = None) -> bool:
        """As botocore expects; also true after they were dropped."""
        return self._dropped or bool(super().refresh_needed(refresh_in))


class _Fixed(CredentialProvider):  # type: ignore[misc, unused-ignore]
    """Returns the one set of credentials."""

    METHOD = "quilt-registry"

    def __init__(self, credentials: Any) -> None:
        super().__init__()
        self._credentials = credentials

    def load(self) -> Any:
        """The credentials."""
        return self._credentials


def _bare_session(variables: Any = None) -> botocore.session.Session:
    session = botocore.session.Session(
        variables, event_hooks=copy(_handlers()), include_builtin_handlers=False
    )
    # Descriptions of AWS services are large; all sessions of the process share them.
    session.register_component("data_loader", _loader())
    return session


@cache
def _handlers() -> HierarchicalEmitter:
    """botocore's own handlers of events, which take longer to register than to copy."""
    handlers = HierarchicalEmitter()
    botocore.session.Session(_NO_PROFILE, event_hooks=handlers)
    return handlers


@cache
def _loader() -> Any:
    return botocore.session.get_session(_NO_PROFILE).get_component("data_loader")
