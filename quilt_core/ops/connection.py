"""The facade, and the function that connects."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, Unpack

from quilt_core import plugins
from quilt_core.domain.names import Registry
from quilt_core.errors import ValidationError
from quilt_core.hookspecs import operations
from quilt_core.logs import configure_from_environment
from quilt_core.ops.api_keys import ApiKeyOps
from quilt_core.ops.aws import AwsOps
from quilt_core.ops.buckets import BucketOps
from quilt_core.ops.catalog import CatalogOps
from quilt_core.ops.content import ContentOps
from quilt_core.ops.dispatch import Capability, Dispatcher
from quilt_core.ops.identity_check import IdentityCheck
from quilt_core.ops.lifecycle import LifecycleOps
from quilt_core.ops.objects import ObjectOps
from quilt_core.ops.package_search import PackageSearchOps
from quilt_core.ops.packages import PackageOps
from quilt_core.ops.query import QueryOps
from quilt_core.ops.reading import ReadingOps
from quilt_core.ops.revisions import RevisionOps
from quilt_core.ops.schemes import check_served
from quilt_core.ops.tabulator import TabulatorOps
from quilt_core.ops.transfer import TransferOps
from quilt_core.plugins.extending import extensions_of
from quilt_core.plugins.loading import check_backend
from quilt_core.plugins.records import BackendPlugin
from quilt_core.secret import Secret
from quilt_core.settings import Settings, load_settings, with_options
from quilt_core.settings.model import AnySettings, MoreSettings

if TYPE_CHECKING:
    from quilt_core.ops.admin import AdminOps


class QuiltOps(
    CatalogOps,
    BucketOps,
    PackageSearchOps,
    PackageOps,
    RevisionOps,
    LifecycleOps,
    ContentOps,
    ObjectOps,
    TransferOps,
    ReadingOps,
    QueryOps,
    TabulatorOps,
    ApiKeyOps,
    AwsOps,
):
    """A connection to a Quilt catalog, with one method per operation, the same for every backend.

    `quilt_core.connect` makes it. It is a context manager that closes the connection, and may be
    used from several threads.
    """

    def __init__(
        self, backend: BackendPlugin, settings: Settings, extensions: Iterable[object] = ()
    ) -> None:
        hooks = plugins.Hooks()
        implemented = hooks.add_backend(backend)
        dispatch = Dispatcher(hooks, backend, implemented, settings, IdentityCheck(settings))
        for extension in extensions_of(backend.name, settings, extensions):
            hooks.add_extension(extension)
        self._backend = backend
        self._settings = settings
        self._dispatch = dispatch

    @property
    def admin(self) -> AdminOps:
        """Users, roles, policies, buckets, API keys and single sign-on."""
        from quilt_core.ops.admin import AdminOps  # most programs never need it

        return AdminOps(self._dispatch)

    @property
    def backend_name(self) -> str:
        """The name of the backend that answers."""
        return self._backend.name

    @property
    def settings(self) -> Settings:
        """The settings of the connection."""
        return self._settings

    def with_options(self, *, timeout: float | None = None, deadline: float | None = None) -> Self:
        """Return the same connection with other time limits.

        The result shares everything with this connection: backend, extensions, sockets and logins.
        Closing either closes both.

        Parameters
        ----------
        timeout:
            The maximum number of seconds for one request, up to the last byte of the answer,
            including retries and pauses; a write may always take 60 seconds. None keeps the current
            value.
        deadline:
            The maximum number of seconds for one operation, including all its pages, waits and
            transfers. The time that the caller spends between the items of a listing does not
            count. None keeps the current value. It replaces the setting; if `with_options` is
            called again on the result, the smaller value applies.

        Returns
        -------
        QuiltOps
            A view of this connection.

        Raises
        ------
        ValidationError
            When a value is not a number above 0.

        Examples
        --------
        >>> patient = ops.with_options(timeout=60, deadline=600)
        >>> print(patient.get_package_info("palmer/penguins").total_entries)
        7
        """
        given: dict[str, Any] = {"timeout": timeout, "deadline": deadline}
        given = {name: value for name, value in given.items() if value is not None}
        checked = Settings(**given, sources=dict.fromkeys(given, "with_options"))
        limits = {name: getattr(checked, name) for name in given}
        view = copy.copy(self)
        view._dispatch = self._dispatch.with_options(limits.get("timeout"), limits.get("deadline"))
        return view

    def supports(self, operation: str, parameter: str | None = None) -> bool:
        """Check whether the backend supports an operation and, optionally, one of its parameters.

        Parameters
        ----------
        operation:
            The name of the hook, which is the name of the method, with the prefix `admin_` for
            methods of `ops.admin`.
        parameter:
            A parameter of the hook, to check whether the backend accepts values other than the
            neutral one; None to check the operation alone.

        Returns
        -------
        bool
            Whether it is supported. No request is made.

        Raises
        ------
        ValueError
            When there is no operation or parameter of that name.

        Examples
        --------
        >>> print(ops.supports("admin_list_users"), ops.supports("push_package", "dry_run"))
        True True
        """
        return self._dispatch.capability(operation).supported and (
            parameter is None or self._dispatch.takes(operation, parameter)
        )

    def capabilities(self) -> tuple[Capability, ...]:
        """List every operation, with whether the backend supports it and, if not, why.

        Returns
        -------
        tuple[Capability, ...]
            One for each operation. No request is made.

        Examples
        --------
        >>> print(all(one.supported for one in ops.capabilities()))
        True
        """
        return tuple(self._dispatch.capability(operation) for operation in operations())

    def close(self) -> None:
        """Close the backend's connections.

        Calls that begin afterwards raise `RuntimeError`; those under way may end.

        Examples
        --------
        >>> with quilt_core.connect() as other:  # which closes it
        ...     print(other.backend_name)
        platform
        """
        self._dispatch.close()
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
        registry = self._settings.registry
        shown = None if registry is None else registry.url
        return f"<QuiltOps backend={self.backend_name!r} registry={shown!r}>"


def connect(
    backend: str | BackendPlugin | Callable[[Settings], BackendPlugin] | None = None,
    *,
    registry: str | Registry | None = None,
    catalog_url: str | None = None,
    registry_url: str | None = None,
    graphql_endpoint: str | None = None,
    token: str | Secret | None = None,
    api_key: str | Secret | None = None,
    refresh_token: str | Secret | None = None,
    token_provider: Callable[[], str] | None = None,
    profile: str | None = None,
    region: str | None = None,
    options: Mapping[str, Any] | None = None,
    extensions: Iterable[object] = (),
    settings: Settings | None = None,
    **others: Unpack[MoreSettings],
) -> QuiltOps:
    """Connect to a Quilt catalog.

    No request is made before the first operation.

    Parameters
    ----------
    backend:
        A backend's name. None chooses one: from `QUILT_BACKEND`, the profile, multitenant mode, or
        the only backend that is installed, in this order. A `BackendPlugin`, or a function that
        makes one, is used as it is.
    registry:
        The default package registry: `s3://bucket`, `file:///folder`, or another one that the
        backend serves.
    catalog_url, registry_url, graphql_endpoint:
        The addresses of the catalog; one of them is enough.
    token, api_key, refresh_token, token_provider:
        The credentials: a JWT, an API key, a refresh token, or a function that returns a token.
    profile:
        A profile of the configuration file.
    region:
        The AWS region.
    options:
        The backend's own options by name, as the backend declares them; `quiltops plugins --check`
        lists them. Each takes precedence over `QUILT_OPTION_<NAME>` and the profile's table
        `options`.
    extensions:
        Extensions to use in addition to the installed ones, the last one outermost: names of
        installed extensions, which then must be present; objects with hooks; or factories of such
        objects, which are called with a `quilt_core.plugins.ExtensionContext`.
    settings:
        Prepared settings, which take the place of all parameters except `backend` and `extensions`.
    others:
        Any other setting of `quilt_core.settings.Settings`.

    Returns
    -------
    QuiltOps
        The connection: a context manager, which closes it.

    Raises
    ------
    PluginError
        When no backend can be chosen, or the chosen one cannot be used; when an extension that was
        named (here, in the profile, or in `QUILT_CORE_EXTENSIONS`) cannot be used.
    ValidationError
        When a setting or option is unknown or has a value that does not fit, when `settings` and
        one of the parameters that it replaces are given, and when the backend does not serve the
        registry.

    Examples
    --------
    >>> with quilt_core.connect("platform", registry="s3://demo-data") as connected:
    ...     print(connected.list_all_packages())
    ['palmer/penguins']
    """
    configure_from_environment()
    name = backend if isinstance(backend, str) else None
    given: AnySettings = {
        "backend": name,
        "registry": registry,
        "catalog_url": catalog_url,
        "registry_url": registry_url,
        "graphql_endpoint": graphql_endpoint,
        "token": token,
        "api_key": api_key,
        "refresh_token": refresh_token,
        "token_provider": token_provider,
        "profile": profile,
        "region": region,
        "options": options,
        **others,
    }
    settings = load_settings(**given) if settings is None else _prepared(settings, given)
    chosen, settings = _make(backend, settings)
    try:
        check_served(settings.registry, chosen, source=settings.source("registry"))
        return QuiltOps(chosen, settings, extensions)
    except BaseException:
        chosen.close()
        raise


def _prepared(settings: Settings, given: AnySettings) -> Settings:
    """Prepared settings, with the backend's name if it is given."""
    both = sorted(name for name, value in given.items() if value is not None and name != "backend")
    if both:
        raise ValidationError(
            f"Both `settings` and {', '.join(both)} are given.",
            hint="Pass either prepared settings or single ones, or put the latter into the former.",
            context={"settings": both},
        )
    backend = given["backend"]
    if backend is None:
        return settings
    import attrs

    sources = {**settings.sources, "backend": "argument"}
    return attrs.evolve(settings, backend=backend, sources=sources)


def _make(
    backend: str | BackendPlugin | Callable[[Settings], BackendPlugin] | None, settings: Settings
) -> tuple[BackendPlugin, Settings]:
    """The chosen backend, and the settings with the options that it declares."""
    if backend is None or isinstance(backend, str):
        installed = plugins.backends()
        record = plugins.find_backend(plugins.select_backend(settings, installed), installed)
        settings = with_options(settings, plugins.load_target(record), record.name)
        return plugins.create_backend(record, settings), settings
    if isinstance(backend, BackendPlugin) or not callable(backend):
        ready = check_backend(backend)
        return ready, with_options(settings, ready, ready.name)  # a ready backend takes no options
    name = getattr(backend, "__name__", repr(backend))
    settings = with_options(settings, backend, name)
    return check_backend(backend(settings)), settings
