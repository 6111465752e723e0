"""The facade, and how to get one."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Self

from quilt_core import plugins
from quilt_core.errors import PluginError
from quilt_core.hookspecs import operations
from quilt_core.ops.admin import AdminOps
from quilt_core.ops.api_keys import ApiKeyOps
from quilt_core.ops.aws import AwsOps
from quilt_core.ops.buckets import BucketOps
from quilt_core.ops.catalog import CatalogOps
from quilt_core.ops.content import ContentOps
from quilt_core.ops.dispatch import Capability, Dispatcher
from quilt_core.ops.packages import PackageOps
from quilt_core.ops.revisions import RevisionOps
from quilt_core.ops.tabulator import TabulatorOps
from quilt_core.plugins.loading import check_backend
from quilt_core.plugins.records import BackendPlugin
from quilt_core.secret import Secret
from quilt_core.settings import Settings, load_settings
from quilt_core.settings.parsing import parse_setting


class QuiltOps(
    CatalogOps,
    BucketOps,
    PackageOps,
    RevisionOps,
    ContentOps,
    TabulatorOps,
    ApiKeyOps,
    AwsOps,
):
    """A connection to a Quilt catalog: one method an operation, whatever the backend.

    Made by `quilt_core.connect`; a context manager, which closes it. It may be used from
    several threads.
    """

    def __init__(
        self, backend: BackendPlugin, settings: Settings, extensions: Iterable[object] = ()
    ) -> None:
        hooks = plugins.Hooks()
        implemented = hooks.add_backend(backend)
        hooks.add_installed_extensions(plugins.extensions().values())
        for number, extension in enumerate(extensions):
            hooks.add_extension(extension, f"argument {number}")
        self._backend = backend
        self._settings = settings
        self._dispatch = Dispatcher(hooks, backend, implemented, deadline=settings.deadline)
        self.admin = AdminOps(self._dispatch)
        """Users, roles, policies, buckets, API keys and single sign-on."""

    @property
    def backend_name(self) -> str:
        """The name of the backend that answers."""
        return self._backend.name

    @property
    def settings(self) -> Settings:
        """What the connection was configured with."""
        return self._settings

    def with_options(self, *, timeout: float | None = None, deadline: float | None = None) -> Self:
        """The same connection with other limits of time.

        What comes back shares everything with this one: backend, extensions, sockets, logins.
        Closing either closes both.

        Parameters
        ----------
        timeout:
            Seconds that one request may take, to the last byte of its answer, attempts and pauses
            included; a write may take 60 at least. None leaves it as it is.
        deadline:
            Seconds that one operation may take, with all its pages, waits and transfers. The time
            that a caller takes between the items of a listing does not count. None leaves it as
            it is. It replaces the setting; of two that follow each other the smaller counts.

        Raises
        ------
        ValidationError
            When one is no number of seconds above 0.
        """
        given = {"timeout": timeout, "deadline": deadline}
        parsed = {
            name: None if value is None else parse_setting(name, value, "with_options")
            for name, value in given.items()
        }
        view = copy.copy(self)
        view._dispatch = self._dispatch.with_options(**parsed)
        view.admin = AdminOps(view._dispatch)
        return view

    def supports(self, operation: str) -> bool:
        """Whether the backend has an operation, by hook name (`"admin_list_users"`).

        Raises `ValueError` when there is no operation of that name.
        """
        return self._dispatch.capability(operation).supported

    def capabilities(self) -> tuple[Capability, ...]:
        """Every operation: whether the backend has it, and why not."""
        return tuple(self._dispatch.capability(operation) for operation in operations())

    def close(self) -> None:
        """Let go of the backend's connections; using it afterwards is an error of the caller."""
        self._backend.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<QuiltOps backend={self.backend_name!r} registry={self._settings.registry!r}>"


def connect(
    backend: str | BackendPlugin | Callable[[Settings], BackendPlugin] | None = None,
    *,
    registry: str | None = None,
    catalog_url: str | None = None,
    registry_url: str | None = None,
    graphql_endpoint: str | None = None,
    token: str | Secret | None = None,
    api_key: str | Secret | None = None,
    refresh_token: str | Secret | None = None,
    token_provider: Callable[[], str] | None = None,
    profile: str | None = None,
    region: str | None = None,
    extensions: Iterable[object] = (),
    settings: Settings | None = None,
    **others: Any,
) -> QuiltOps:
    """Connect to a Quilt catalog.

    No request is made before the first operation.

    Parameters
    ----------
    backend:
        A backend's name; None chooses: `QUILT_BACKEND`, the profile, multitenant mode, the only
        one installed. A `BackendPlugin`, or a function that makes one, is used as it is.
    registry:
        The default package registry, `s3://bucket` or `file:///folder`.
    catalog_url, registry_url, graphql_endpoint:
        Where the catalog is; one of them is enough.
    token, api_key, refresh_token, token_provider:
        Who we are: a JWT, an API key, a refresh token, or a function that gives a token.
    profile:
        A profile of the configuration file.
    region:
        The AWS region.
    extensions:
        Objects with hook wrappers to use beside the installed extensions; the last one is the
        outermost.
    settings:
        Ready settings, used instead of all the parameters above except `backend`.
    others:
        Any other setting of `quilt_core.settings.Settings`.

    Raises
    ------
    PluginError
        When no backend can be chosen, or the chosen one cannot be used.
    ValidationError
        When a setting has a value that does not fit.
    """
    name = backend if isinstance(backend, str) else None
    if settings is None:
        settings = load_settings(
            backend=name,
            registry=registry,
            catalog_url=catalog_url,
            registry_url=registry_url,
            graphql_endpoint=graphql_endpoint,
            token=token,
            api_key=api_key,
            refresh_token=refresh_token,
            token_provider=token_provider,
            profile=profile,
            region=region,
            **others,
        )
    elif name is not None:
        settings = _with_backend(settings, name)
    if backend is None or isinstance(backend, str):
        installed = plugins.backends()
        record = plugins.find_backend(plugins.select_backend(settings, installed), installed)
        chosen = plugins.create_backend(record, settings)
    elif callable(backend):
        chosen = check_backend(backend(settings))
    else:
        chosen = check_backend(backend)
    try:
        return QuiltOps(chosen, settings, extensions)
    except PluginError:
        chosen.close()
        raise


def _with_backend(settings: Settings, name: str) -> Settings:
    import attrs

    return attrs.evolve(settings, backend=name, sources={**settings.sources, "backend": "argument"})
