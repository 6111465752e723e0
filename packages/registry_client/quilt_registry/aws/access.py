"""boto3 with an identity's rights, never silently with the process's own."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import attrs

from quilt_core import auth_context, deadline, observing
from quilt_core.errors import QuiltOpsError, ValidationError
from quilt_core.urls import origin
from quilt_registry.auth.bearer import ask_with
from quilt_registry.auth.identity import Identity
from quilt_registry.aws.configuration import check_variables, configuration_errors
from quilt_registry.aws.credentials import NoAwsCredentialsError, assume_role, exchange
from quilt_registry.aws.refusals import renew_after_refusals
from quilt_registry.connection import Connection
from quilt_registry.http.transport import HttpAnswer, send

if TYPE_CHECKING:
    import boto3

    from quilt_registry.query.access import AthenaAccess
    from quilt_registry.transfer import TransferEngine

S3_REGION = "us-east-1"
"""The region for S3 requests if none is known; S3 then reports the region of a bucket."""
_STS_REGION = "us-east-1"
"""The region for STS requests if none is known; a role's credentials are valid in all regions."""
_POOL = 64
_RETRY_MODE = "legacy"
"""botocore's own default; AWS_RETRY_MODE is not read, so that a wrong value does no harm."""
_ATTEMPTS = 6
"""The same number of attempts as for a registry; botocore's own number is too small for a bad
connection.
"""


@attrs.define(kw_only=True)
class AwsState:
    """The AWS objects of one identity: a session with its credentials, and its S3 client."""

    session: boto3.Session
    s3: Any = None
    engine: TransferEngine | None = None
    athena: AthenaAccess | None = None


class AwsAccess:
    """Makes boto3 clients for identities; boto3 is imported when the first one is made."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._unsigned: Any = None

    def client(self, identity: Identity, service_name: str, region: str | None) -> Any:
        """A new client.

        Raises
        ------
        AuthenticationError
            When this identity has no AWS credentials, or its token has expired.
        ValidationError
            For an unknown service, or when no region is known.
        """
        self._require_token(identity)
        chosen = region or self._region(identity)
        if chosen is None and service_name == "s3":
            chosen = S3_REGION
        # Using clients is thread-safe, but making them is not. The exchange of credentials of one
        # identity does not block another's.
        with identity.lock:
            return make_client(self._state(identity).session, service_name, chosen)

    def ambient_client(self, service_name: str, region: str | None) -> Any:
        """A new client with the process's own AWS identity, if the settings select it.

        It needs no registry. Raises the errors of `client`.
        """
        from quilt_registry.aws.session import ambient_session

        chosen = region or self._connection.settings.region
        with self._lock:
            session = ambient_session()
            if chosen is None and session.region_name is None and service_name == "s3":
                chosen = S3_REGION
            return make_client(session, service_name, chosen)

    def ambient_boto3_session(self, region: str | None) -> boto3.Session:
        """A new session with the process's own AWS identity; it needs no registry."""
        from quilt_registry.aws.session import ambient_session

        return ambient_session(region or self._connection.settings.region)

    def session(self, identity: Identity, region: str | None) -> boto3.Session:
        """A new session with the identity's credentials, which renew themselves.

        Raises the errors of `client`.
        """
        from quilt_registry.aws.session import ambient_session, session_with

        self._require_token(identity)
        chosen = region or self._region(identity)
        if self._connection.settings.aws_identity == "ambient":
            return ambient_session(chosen)
        with identity.lock:
            return session_with(self._state(identity).session.get_credentials(), chosen)

    def s3(self, identity: Identity) -> Any:
        """The identity's S3 client, made once; for an anonymous identity, a client that reads
        public buckets.

        Raises the errors of `client`.
        """
        self._require_token(identity)
        if identity.bearer is None and self._connection.settings.aws_identity == "registry":
            return self.unsigned_s3()
        with identity.lock:
            if identity.aws is None or identity.aws.s3 is None:
                client = self.client(identity, "s3", None)
                identity.aws.s3 = _checking(client)
            return identity.aws.s3

    def engine(self, identity: Identity) -> TransferEngine:
        """The transfer engine with the identity's rights; raises the errors of `client`."""
        from quilt_registry.transfer import Boto3Engine, choose_engine

        s3 = self.s3(identity)
        state: AwsState | None = identity.aws
        if state is None or s3 is not state.s3:
            return Boto3Engine(s3)  # anonymous
        with identity.lock:
            if state.engine is None:
                wanted = self._connection.settings.transfer_engine
                state.engine = choose_engine(wanted, s3, state.session.get_credentials())
            return state.engine

    def ambient(self) -> AwsState:
        """A session, an S3 client like those of `s3`, and an engine like those of `engine`, with
        the process's own AWS identity; each call makes new ones.
        """
        from quilt_registry.aws.session import ambient_session
        from quilt_registry.transfer import choose_engine

        settings = self._connection.settings
        with self._lock:
            session = ambient_session(settings.region)
            region = None if session.region_name else S3_REGION
            s3 = _checking(make_client(session, "s3", region))
            with configuration_errors():
                engine = choose_engine(settings.transfer_engine, s3, session.get_credentials())
        return AwsState(session=session, s3=s3, engine=engine)

    def athena(self, identity: Identity) -> AthenaAccess:
        """Athena with the identity's rights, made once; raises the errors of `client`."""
        self._require_token(identity)
        with identity.lock:
            if identity.aws is None or identity.aws.athena is None:
                s3 = self.s3(identity)
                client = self.client(identity, "athena", None)
                identity.aws.athena = self._athena(
                    client, s3, lambda: self.engine(identity), identity.target.catalog_url
                )
            found: AthenaAccess = identity.aws.athena
            return found

    def ambient_athena(self, s3: Any) -> AthenaAccess:
        """Athena with the process's own AWS identity, and an S3 client that has it too."""
        from quilt_registry.transfer import Boto3Engine

        client = self.ambient_client("athena", None)
        return self._athena(client, s3, lambda: Boto3Engine(s3), self._connection.catalog_url())

    def _athena(
        self, client: Any, s3: Any, engine: Callable[[], TransferEngine], catalog_url: str | None
    ) -> AthenaAccess:
        from quilt_registry.query.access import AthenaAccess
        from quilt_registry.query.options import AthenaOptions

        return AthenaAccess(
            client=client,
            s3=s3,
            engine=engine,
            options=AthenaOptions.of(self._connection.settings),
            stack=lambda: self._stack(catalog_url),
        )

    def _stack(self, catalog_url: str | None) -> str | None:
        """The name of the catalog's stack; None if the catalog does not report it."""
        if catalog_url is None:
            return None
        try:
            return self._connection.config(catalog_url).stack_prefix
        except QuiltOpsError:
            return None  # the catalog is not part of the registry, and may be down

    def unsigned_s3(self) -> Any:
        """A read-only S3 client that does not sign its requests, as quilt3 reads public buckets.

        A refusal by S3 is reported as a missing login (`auth_context.anonymous_errors`).
        """
        from quilt_registry.aws.session import session_with

        auth_context.note_anonymous()
        with self._lock:
            if self._unsigned is None:
                region = self._connection.settings.region or S3_REGION
                client = make_client(session_with(None, None), "s3", region, signs=False)
                client.meta.events.register("before-call.s3", _refuse_writes)
                self._unsigned = _checking(client)
            return self._unsigned

    def _require_token(self, identity: Identity) -> None:
        """An expired identity has no AWS rights, even if its AWS credentials are still valid."""
        if identity.bearer is not None and self._connection.settings.aws_identity != "ambient":
            identity.bearer.value()

    def _state(self, identity: Identity) -> AwsState:
        """The identity's session; its credentials are requested here the first time."""
        if identity.aws is None:
            identity.aws = AwsState(session=self._session(identity))
        state: AwsState = identity.aws
        return state

    def _session(self, identity: Identity) -> boto3.Session:
        from quilt_registry.aws.session import ambient_session, registry_session

        wanted = self._connection.settings.aws_identity
        if wanted == "ambient":
            return ambient_session()
        source: Callable[[], dict[str, str]]
        if wanted == "role":
            region = self._region(identity) or _STS_REGION
            source = assume_role(
                identity.claims, lambda: make_client(ambient_session(), "sts", region)
            )
        else:
            source = exchange(lambda: self._ask_registry(identity), identity.bearer)
        return registry_session(source, wanted)

    def _ask_registry(self, identity: Identity) -> HttpAnswer:
        """`GET /api/auth/get_credentials`; once more after a 401 with a renewed token."""
        bearer = identity.bearer
        if bearer is None:
            raise NoAwsCredentialsError(
                "You are not logged in: the registry issues AWS credentials only to users who are.",
                hint=f"{auth_context.login_hint(auth_context.HOW_TO_LOG_IN)} "
                "aws_identity='ambient' (QUILT_AWS_IDENTITY) "
                "uses this process's own AWS identity.",
            )
        url = f"{identity.target.registry_url}/api/auth/get_credentials"
        timeout = deadline.timeout_or(self._connection.settings.timeout)
        with deadline.within(timeout):
            return ask_with(
                bearer,
                lambda token: send("GET", url, repeatable=True, token=token, timeout=timeout),
            )

    def _region(self, identity: Identity) -> str | None:
        """The configured region, otherwise the catalog's."""
        region = self._connection.settings.region
        catalog_url = identity.target.catalog_url
        if region is not None or catalog_url is None:
            return region
        try:
            return self._connection.config(catalog_url).region
        except QuiltOpsError:
            return None  # the catalog is not part of the registry, and may be down


def make_client(
    session: boto3.Session, service_name: str, region: str | None, *, signs: bool = True
) -> Any:
    """A client of a service, which requests new credentials once if AWS refuses its own.

    With `signs=False`, for S3 alone, its requests carry no signature.

    Raises
    ------
    ValidationError
        For an unknown service, without a region, or when the process's AWS configuration that
        this client would use is broken.
    """
    import botocore.exceptions

    from quilt_registry.aws.connections import bound_connections
    from quilt_registry.s3.regions import use_bucket_regions

    check_variables()
    make: Any = session.client  # one overload per service, and the name is the caller's
    try:
        with configuration_errors():
            client = make(service_name, region_name=region, config=_config(service_name, signs))
    except botocore.exceptions.UnknownServiceError:
        raise ValidationError(
            f"boto3 knows no service {service_name!r}.",
            hint="It looks like 's3', 'athena' or 'sts'.",
            context={"service_name": service_name},
        ) from None
    except botocore.exceptions.NoRegionError:
        raise ValidationError(
            f"No AWS region is known for a client of {service_name!r}.",
            hint="Pass one, or configure it: connect(region=…), AWS_DEFAULT_REGION.",
        ) from None
    bound_connections(client)
    renew_after_refusals(client, session)
    client.meta.events.register("before-send", _check_deadline)
    if service_name == "s3":
        use_bucket_regions(client)
    client.meta.events.register("after-call", _log_request)
    return client


def _checking(s3: Any) -> Any:
    """The client of S3, which from now on looks at what S3 answers."""
    from quilt_registry.s3.response_checks import check_responses

    check_responses(s3)
    return s3


def _refuse_writes(model: Any, **_: Any) -> None:
    """Anonymous clients never write, not even to a bucket that would allow it."""
    if not model.name.startswith(("Get", "Head", "List")):
        raise auth_context.not_logged_in("writing needs an identity.")


def _check_deadline(**_: Any) -> None:
    """Called before each attempt of each request; a running attempt ends with its connection."""
    deadline.check()


def _log_request(http_response: Any, parsed: Any, model: Any, **_: Any) -> None:
    """Log a request that was answered, with all its attempts; its URL is left out because it may be
    signed.
    """
    observing.logger.debug(
        "%s %s %s: %s, request id %s",
        model.http.get("method", "POST"),
        origin(http_response.url),
        model.name,
        http_response.status_code,
        parsed.get("ResponseMetadata", {}).get("RequestId", "-"),
    )


def _config(service_name: str, signs: bool) -> Any:
    """The configuration for S3: signatures that every region accepts, and sockets for
    many threads.
    """
    from botocore import UNSIGNED
    from botocore.config import Config

    # Not annotated with its own type, which other versions of boto3's type hints lack.
    retries: Any = {"mode": _RETRY_MODE}
    given = os.environ.get("AWS_MAX_ATTEMPTS")
    if given or service_name == "s3":
        retries["total_max_attempts"] = int(given) if given else _ATTEMPTS
    if service_name != "s3":
        return Config(retries=retries)
    return Config(
        signature_version="s3v4" if signs else UNSIGNED,
        max_pool_connections=_POOL,
        retries=retries,
        s3={"us_east_1_regional_endpoint": "regional"},  # the global one serves old regions only
    )
