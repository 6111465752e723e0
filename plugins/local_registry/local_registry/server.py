"""The local registry as one object: start it, use it, stop it."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from local_registry.app import aws
from local_registry.app.catalog import analytics_bucket, catalog_app, service_bucket
from local_registry.app.control import Control
from local_registry.app.registry import RegistryHandler, registry_app
from local_registry.app.replies import edge_refusal
from local_registry.athena.build import athena_service
from local_registry.athena.model import QueryEngine
from local_registry.athena.names import results_bucket
from local_registry.athena.service import AthenaService
from local_registry.config import Endpoints, RegistryConfig
from local_registry.context import RegistryContext
from local_registry.data_folder import OBJECTS, data_folder
from local_registry.faults import Faults
from local_registry.http.cors import Cors
from local_registry.http.http_edge import Edge
from local_registry.http.listeners import Listeners, Service, bind, url_of
from local_registry.http.request_log import RequestLog
from local_registry.identity.credentials import AwsCredentials
from local_registry.identity.store import IdentityStore
from local_registry.identity.tokens import TokenKind
from local_registry.s3.access import Access, RootKeys
from local_registry.s3.client import S3Client, s3_client
from local_registry.s3.errors import error_reply
from local_registry.s3.gateway import Gateway
from local_registry.s3.gateway import describe as describe_s3
from local_registry.s3.objects.service import ObjectService
from local_registry.s3.upstream import ForeignUpstream, Upstream
from local_registry.search import SearchIndex
from local_registry.seed.apply import apply_seed, ensure_bucket
from local_registry.seed.sources import load_seed
from local_registry.state import State
from local_registry.storage import PackageStore

_S3_MAX_BODY = 5 * 1024**3


class LocalRegistry:
    """A Quilt registry on loopback: GraphQL, REST, S3 and a catalog, as configured.

    Use it as a context manager, or call `start()` and `stop()`. While it runs, `context` has its
    parts, and tests may use `faults` and `log`.

    Example::

        with LocalRegistry() as registry:
            env = registry.client_env("writer")
    """

    def __init__(
        self, config: RegistryConfig | None = None, *, engine: QueryEngine | None = None
    ) -> None:
        """`engine` runs the queries of its Athena: by default DuckDB, over the packages here."""
        self.config = config or RegistryConfig()
        self._engine = engine
        self.faults = Faults(self.config.faults)
        self.log = RequestLog(self.config.limits.logged_requests)
        self._root = RootKeys()
        self._context: RegistryContext | None = None
        self._stack = ExitStack()

    @property
    def context(self) -> RegistryContext:
        """The parts of the running registry; raises `RuntimeError` if it is not running."""
        if self._context is None:
            raise RuntimeError("the local registry is not running")
        return self._context

    @property
    def root_keys(self) -> RootKeys:
        """Keys that S3 accepts for everything; for seeds and checks, not for clients."""
        return self._root

    @property
    def endpoints(self) -> Endpoints:
        """The addresses of the registry."""
        return self.context.endpoints

    def start(self) -> Self:
        """Open the state, apply the seed, listen; returns when every port responds.

        Raises `OSError` (a port is taken; the data folder cannot be written, is damaged, or is in
        use by another registry), `sqlite3.DatabaseError`, `SeedError`,
        `CatalogError` (the folder `catalog` holds none).
        """
        if self._context is not None:
            raise RuntimeError("the local registry runs already")
        with ExitStack() as stack:
            self._context = self._start(stack)
            self._stack = stack.pop_all()
        return self

    def stop(self) -> None:
        """Stop listening and close everything; a second call does nothing."""
        self._context = None
        self._stack.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def token(self, user: str, *, kind: TokenKind = "access", seconds: float | None = None) -> str:
        """A bearer (or refresh) token of a user; raises `UnauthorizedError` for an unknown one."""
        return self.context.identities.issue_token(user, kind=kind, seconds=seconds)

    def api_key(self, user: str, *, name: str = "local", days: int = 90) -> str:
        """The secret of a new API key of a user; raises `KeyError` for an unknown one."""
        found = self.context.state.users.get(user)
        if found is None:
            raise KeyError(user)
        return self.context.state.api_keys.create(found.id, name, days)[1]

    def passwords(self) -> dict[str, str]:
        """New passwords for the active users to whom the seed gave none, by name."""
        issue = self.context.identities.passwords.issue
        made = {
            user.name: issue(user.id) for user in self.context.state.users.list() if user.is_active
        }
        return {name: password for name, password in made.items() if password is not None}

    def credentials(self, user: str) -> AwsCredentials:
        """AWS credentials of a user's active role, as the registry issues them."""
        identities = self.context.identities
        identity = identities.authenticate(identities.issue_token(user))
        if identity is None:
            raise KeyError(user)
        return identities.aws_credentials(identity)

    def s3_client(self, user: str | None = None) -> S3Client:
        """A boto3 client through the gateway, with a user's rights or (`None`) all rights."""
        endpoint, region = self.endpoints.s3_endpoint, self.config.region
        if user is None:
            return s3_client(endpoint, self._root.access_key, self._root.secret_key, region)
        keys = self.credentials(user)
        return s3_client(
            endpoint, keys.access_key, keys.secret_key, region, session_token=keys.session_token
        )

    def client_env(
        self, user: str, *, bucket: str | None = None, api_key: str | None = None
    ) -> dict[str, str]:
        """The environment variables with which a client process reaches it as this user.

        `bucket` becomes the default package registry (default: the first that the user writes to),
        `api_key` is the key in it (default: a new one).
        """
        keys = self.credentials(user)
        identity = self.context.identities.authenticate(self.token(user))
        writable = [
            each.name
            for each in self.context.state.buckets.list()
            if identity is not None and identity.can_write(each.name)
        ]
        env = {
            "QUILT_CATALOG_URL": self.endpoints.catalog_url,
            "QUILT_REGISTRY_URL": self.endpoints.registry_url,
            "QUILT_API_KEY": api_key or self.api_key(user, name="client environment"),
            "AWS_ENDPOINT_URL_S3": self.endpoints.s3_endpoint,
            **aws.endpoint_variables(self.endpoints.registry_url),
            "AWS_DEFAULT_REGION": self.config.region,
            "AWS_ACCESS_KEY_ID": keys.access_key,
            "AWS_SECRET_ACCESS_KEY": keys.secret_key,
            "AWS_SESSION_TOKEN": keys.session_token,
            "QUILT_DISABLE_USAGE_METRICS": "true",
            "QUILT_DISABLE_CACHE": "true",
        }
        chosen = bucket or next(iter(writable), None)
        return env if chosen is None else {**env, "QUILT_DEFAULT_REGISTRY": f"s3://{chosen}"}

    def _start(self, stack: ExitStack) -> RegistryContext:
        config = self.config
        seed = load_seed(config.seed)
        catalog = stack.enter_context(bind(config.host, config.catalog_port))
        registry = stack.enter_context(bind(config.host, config.port))
        s3 = stack.enter_context(bind(config.host, config.s3_port))
        endpoints = Endpoints(
            catalog_url=url_of(catalog),
            registry_url=url_of(registry),
            graphql_endpoint=url_of(registry) + config.graphql_path,
            s3_endpoint=url_of(s3),
        )
        data = config.data_dir and stack.enter_context(data_folder(config.data_dir))
        upstream = _upstream(config, data)
        stack.callback(upstream.close)
        context = self._make_context(endpoints, upstream, stack)
        for bucket in context.state.buckets.list():
            ensure_bucket(context, bucket.name)
        own = (service_bucket(config), analytics_bucket(config))
        for name in own:
            ensure_bucket(context, name)
        results = results_bucket(config)
        ensure_bucket(context, results, versioning=False)
        apply_seed(context, seed)
        access = Access(context.state, context.identities, self._root, shared=own, results=results)
        gateway = Gateway(
            access,
            upstream,
            context.s3,
        )
        stack.callback(gateway.close)
        athena = athena_service(context, access, stack, self._engine)
        listeners = Listeners(
            [
                Service(app=catalog_app(context), listener=catalog),
                Service(app=self._registry_edge(context, gateway, athena), listener=registry),
                Service(app=self._s3_edge(gateway), listener=s3),
            ]
        )
        stack.callback(listeners.stop)
        listeners.start()
        return context

    def _make_context(
        self, endpoints: Endpoints, upstream: Upstream, stack: ExitStack
    ) -> RegistryContext:
        config, limits = self.config, self.config.limits
        state = State(
            config.data_dir,
            max_api_keys=limits.api_keys_per_user,
            max_browsing_sessions=limits.browsing_sessions_per_user,
        )
        stack.callback(state.close)
        identities = IdentityStore(
            state,
            access_seconds=config.access_token_seconds,
            refresh_seconds=config.refresh_token_seconds,
            credential_seconds=config.credential_seconds,
        )
        client = upstream.client()
        packages = PackageStore(s3=client, limits=limits)
        stack.callback(packages.close)
        index = SearchIndex(packages=packages, s3=client)
        stack.callback(index.close)
        return RegistryContext(
            config=config,
            endpoints=endpoints,
            state=state,
            identities=identities,
            s3=client,
            packages=packages,
            index=index,
            region_of=lambda bucket: upstream.region_of(bucket) or config.region,
        )

    def _registry_edge(
        self, context: RegistryContext, gateway: Gateway, athena: AthenaService
    ) -> Edge:
        routes = Control(self.faults, self.log).routes() if self.config.control else []
        handler = RegistryHandler(
            registry_app(context, gateway.handle, routes),
            self.config.graphql_path,
            gateway.handle,
            urlsplit(context.endpoints.s3_endpoint).netloc,
            athena.handle,
        )
        return Edge(
            side="registry",
            handler=handler.handle,
            describe=handler.describe,
            refuse=edge_refusal,
            faults=self.faults,
            log=self.log,
            max_body=self.config.limits.body_bytes,
            cors=Cors(trusted=context.endpoints.catalog_url),
        )

    def _s3_edge(self, gateway: Gateway) -> Edge:
        return Edge(
            side="s3",
            handler=gateway.handle,
            describe=describe_s3,
            refuse=error_reply,
            faults=self.faults,
            log=self.log,
            max_body=_S3_MAX_BODY,
            cors=Cors(),
        )


def _upstream(config: RegistryConfig, data: Path | None) -> Upstream:
    if config.s3 is not None:
        return ForeignUpstream(config.s3, config.region)
    return ObjectService(config.region, data / OBJECTS if data is not None else None)
