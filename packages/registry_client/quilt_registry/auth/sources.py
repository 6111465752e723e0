"""Which credentials apply: explicit argument, then the request's, then the configured ones."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

import attrs

from quilt_core.auth_context import RequestIdentity
from quilt_core.errors import AuthenticationError
from quilt_core.secret import Secret
from quilt_core.settings import Settings

_CREDENTIALS = ("token", "token_provider", "api_key", "refresh_token")


class Origin(Enum):
    """Where credentials, or an address, come from."""

    ARGUMENT = 0
    REQUEST = 1
    ENVIRONMENT = 2
    PROFILE = 3


@attrs.frozen(kw_only=True)
class Credentials:
    """What one source gives; `token` goes first, the others renew it or stand in for it."""

    origin: Origin
    token: Secret | None = None
    token_provider: Callable[[], str] | None = attrs.field(default=None, repr=False)
    api_key: Secret | None = None
    refresh_token: Secret | None = None

    @property
    def own(self) -> bool:
        """Whether they are this process's own, and not a request's."""
        return self.origin is not Origin.REQUEST


def origin_of(settings: Settings, name: str) -> Origin | None:
    """Where a setting comes from; None when it is not set."""
    if getattr(settings, name) is None:
        return None
    source = settings.source(name)
    if source.startswith("environment"):
        return Origin.ENVIRONMENT
    # Settings that an application built itself have no source: they are arguments.
    return Origin.PROFILE if source.startswith("profile") else Origin.ARGUMENT


def select_credentials(settings: Settings, request: RequestIdentity | None) -> Credentials | None:
    """The credentials of this call; None when there are none.

    Credentials of different sources are never mixed: they may belong to different people.

    Raises
    ------
    AuthenticationError
        For a request whose token is empty; in multitenant mode, for a call that comes without a
        request's identity.
    """
    configured = _configured(settings)
    if configured is not None and configured.origin is Origin.ARGUMENT:
        return configured
    if request is not None:
        if not request.token.reveal().strip():
            raise AuthenticationError(
                "The token that came with this request is empty, and nobody else's is used.",
                hint="Refuse requests without a token before they get here.",
            )
        return Credentials(origin=Origin.REQUEST, token=request.token)
    if settings.multitenant:
        raise AuthenticationError(
            "No identity came with this request, and in multitenant mode nobody else's is used.",
            hint="Wrap the call in `with quilt_core.auth_context.request_identity(token=…):`.",
        )
    return configured


def _configured(settings: Settings) -> Credentials | None:
    origins = {name: origin_of(settings, name) for name in _CREDENTIALS}
    present = [origin for origin in origins.values() if origin is not None]
    if not present:
        return None
    best = min(present, key=lambda origin: origin.value)
    chosen = {name: getattr(settings, name) for name in _CREDENTIALS if origins[name] is best}
    return Credentials(origin=best, **chosen)
