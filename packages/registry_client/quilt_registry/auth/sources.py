"""Which credentials apply: explicit argument, then the request's, then the configured ones."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from quilt_core.auth_context import RequestIdentity, no_identity
from quilt_core.secret import Secret
from quilt_core.settings import Settings
from quilt_core.settings.origins import CREDENTIALS, Origin, origin_of


@attrs.frozen(kw_only=True)
class Credentials:
    """The credentials of one source; `token` is used first, the others renew or replace it."""

    origin: Origin
    token: Secret | None = None
    token_provider: Callable[[], str] | None = attrs.field(default=None, repr=False)
    api_key: Secret | None = None
    refresh_token: Secret | None = None

    @property
    def own(self) -> bool:
        """Whether they belong to this process and not to a request."""
        return self.origin is not Origin.REQUEST


def select_credentials(settings: Settings, request: RequestIdentity | None) -> Credentials | None:
    """The credentials of this call; None if there are none.

    Credentials of different sources are never mixed: they may belong to different people.

    Raises
    ------
    AuthenticationError
        When every call must have an identity (in multitenant mode, or with a `token_provider`) and
        this one has none. The facade has already refused such calls; this check is for callers that
        use the registry client without the facade, or in a thread without the context.
    """
    asks_every_call = settings.multitenant or settings.token_provider is not None
    if request is None and asks_every_call:
        raise no_identity()
    if request is not None and request.provided and not settings.multitenant:
        return Credentials(
            origin=Origin.ARGUMENT, token=request.token, token_provider=settings.token_provider
        )
    configured = None if asks_every_call else _configured(settings)
    if request is None or (configured is not None and configured.origin is Origin.ARGUMENT):
        return configured
    return Credentials(origin=Origin.REQUEST, token=request.token)


def _configured(settings: Settings) -> Credentials | None:
    origins = {
        name: origin for name in CREDENTIALS if (origin := origin_of(settings, name)) is not None
    }
    if not origins:
        return None
    best = min(origins.values())
    chosen = {name: getattr(settings, name) for name, origin in origins.items() if origin is best}
    return Credentials(origin=best, **chosen)
