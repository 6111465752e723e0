"""Secrets are planted wherever they can enter, and all output is searched for them."""

from __future__ import annotations

import gc
import json
import logging
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import attrs
import jwt
import platformdirs
import pytest
from local_registry.app.aws import athena_endpoint
from local_registry.server import LocalRegistry
from local_registry.testing import add_bucket, add_user, local_registry, shared_local_registry

import quilt_core
from quilt_core import QuiltOps
from quilt_core.logs import redact_logs

__all__ = ["local_registry", "shared_local_registry"]

JWT_SECRET = "canary-jwt-secret-4b1d7c9e2f6a8053"
SOURCES = ("argument", "api-key", "environment", "login", "profile", "request")
_OURS = ("quilt_core", "platform_backend", "quilt3_backend")
_sleep = time.sleep


@attrs.define
class Canaries:
    """Secrets by name; a leak of a third of one counts, because texts may have been shortened."""

    secrets: dict[str, str] = attrs.field(factory=dict)
    _pieces: dict[str, str] = attrs.field(factory=dict)

    def plant(self, name: str, secret: str) -> str:
        """Remember a secret, and return it."""
        self.secrets[name] = secret
        parts = secret.split(".") if secret.startswith("eyJ") else [secret]
        for part in parts[-2:]:  # the header of a JWT is the same in all of them
            self._pieces[part[: max(12, len(part) // 3)]] = name
            self._pieces[part[-max(12, len(part) // 3) :]] = name
        return secret

    def found_in(self, text: str) -> list[str]:
        """The names of the secrets in a text."""
        return sorted({name for piece, name in self._pieces.items() if piece in text})


class Outlet(logging.Handler):
    """Collects all output as text; it is searched piece by piece, so that little is kept."""

    def __init__(self, canaries: Canaries) -> None:
        super().__init__(logging.DEBUG)
        self.canaries = canaries
        self.leaks: dict[tuple[str, str], str] = {}
        self.loggers: set[str] = set()
        self.texts: list[tuple[str, str]] = []
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.loggers.add(record.name)
        self.texts.append((f"log {record.name}", self.format(record)))

    def take(self, where: str, text: str) -> None:
        """Add a text that came out at a place."""
        self.texts.append((where, text))

    def take_error(self, error: BaseException) -> None:
        """An exception as crash reports show it, including its whole chain."""
        self.take("traceback", "".join(traceback.format_exception(error)))
        link: BaseException | None = error
        while link is not None:
            notes = getattr(link, "__notes__", ())
            self.take(f"exception {type(link).__name__}", f"{link!r} {link} {notes}")
            if isinstance(link, quilt_core.QuiltOpsError):
                self.take("context", json.dumps(link.to_dict()))
                self.take("attributes", repr(vars(link)))
            link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)

    def take_reprs(self) -> None:
        """The repr of every living object of the framework's classes."""
        gc.unfreeze()  # modules and what they keep, too
        ours: dict[type, bool] = {}
        for one in gc.get_objects():
            kind = type(one)  # because a proxy may pretend to have a different class
            if kind not in ours:
                ours[kind] = str(kind.__module__).partition(".")[0] in _OURS
            if ours[kind]:
                self.take(f"repr {kind.__name__}", repr(one))

    def search(self) -> dict[tuple[str, str], str]:
        """(place, secret) and the surrounding text, for everything that leaked."""
        # All texts at once: they rarely hold any, and no secret has a line break.
        if not self.canaries.found_in("\n".join(text for _, text in self.texts)):
            return self.leaks
        for where, text in self.texts:
            for name in self.canaries.found_in(text):
                self.leaks.setdefault((where, name), text[:300])
        return self.leaks


@attrs.frozen(kw_only=True)
class Planted:
    """A registry, a connection to it from each source of credentials, and what must not come
    out."""

    registry: LocalRegistry
    bucket: str
    user: str
    canaries: Canaries
    outlet: Outlet
    connect: Callable[[str, str], QuiltOps]

    def know_issued_keys(self) -> None:
        """Plant the AWS credentials that the registry has issued so far."""
        rows = self.registry.context.state.database.all("SELECT * FROM aws_credentials")
        for row in rows:
            self.canaries.plant(f"issued secret key {row['access_key']}", row["secret_key"])
            self.canaries.plant(f"issued session token {row['access_key']}", row["session_token"])
            self.canaries.plant(f"issued access key {row['access_key']}", row["access_key"])


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses between attempts are short."""
    monkeypatch.setattr(time, "sleep", lambda seconds: _sleep(min(seconds, 0.001)))


@pytest.fixture
def planted(
    local_registry: LocalRegistry,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    impatient: None,
) -> Iterator[Planted]:
    canaries = Canaries()
    bucket = add_bucket(local_registry, "bucket")
    add_bucket(local_registry, "spare")
    user = add_user(local_registry, "boss", writes=[bucket], admin=True).name
    _plant_in_process(local_registry, user, canaries, monkeypatch, tmp_path)
    outlet = Outlet(canaries)
    with ExitStack() as stack:
        _listen(stack, outlet)

        def connect(backend: str, source: str) -> QuiltOps:
            return stack.enter_context(_connect(local_registry, canaries, backend, source))

        yield Planted(
            registry=local_registry,
            bucket=bucket,
            user=user,
            canaries=canaries,
            outlet=outlet,
            connect=connect,
        )


def _plant_in_process(
    registry: LocalRegistry,
    user: str,
    canaries: Canaries,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    endpoints = registry.endpoints
    inner = {name: canaries.plant(f"registry token in {name}", registry.token(user))
             for name in ("MCP_JWT_TOKEN", "argument")}  # fmt: skip
    envelopes = {
        name: canaries.plant(
            f"JWT in {name}",
            jwt.encode(
                {"catalog_token": token, "canary": name, "exp": 4_000_000_000},
                JWT_SECRET,
                algorithm="HS256",
            ),
        )
        for name, token in inner.items()
    }
    canaries.plant("QUILT_JWT_SECRET", JWT_SECRET)
    tokens = {kind: canaries.plant(f"{kind} token in auth.json", registry.token(user, kind=kind))
              for kind in ("access", "refresh")}  # fmt: skip
    keys = registry.credentials(user)
    environment = {
        "MCP_JWT_TOKEN": envelopes["MCP_JWT_TOKEN"],
        "QUILT_JWT_SECRET": JWT_SECRET,
        "QUILT_API_KEY": canaries.plant("QUILT_API_KEY", registry.api_key(user)),
        "QUILT_REFRESH_TOKEN": canaries.plant(
            "QUILT_REFRESH_TOKEN", registry.token(user, kind="refresh")
        ),
        "AWS_ACCESS_KEY_ID": canaries.plant("AWS_ACCESS_KEY_ID", keys.access_key),
        "AWS_SECRET_ACCESS_KEY": canaries.plant("AWS_SECRET_ACCESS_KEY", keys.secret_key),
        "AWS_SESSION_TOKEN": canaries.plant("AWS_SESSION_TOKEN", keys.session_token),
        "AWS_ENDPOINT_URL_S3": endpoints.s3_endpoint,
        "AWS_ENDPOINT_URL_ATHENA": athena_endpoint(endpoints.registry_url),
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_MAX_ATTEMPTS": "2",
        "QUILT_CATALOG_URL": endpoints.catalog_url,
        "QUILT_REGISTRY_URL": endpoints.registry_url,
        "QUILT_DEFAULT_REGISTRY": "s3://bucket",
        "QUILT_CORE_TRACE": "1",
        "QUILT_DISABLE_USAGE_METRICS": "true",
        "QUILT_CORE_CONFIG": str(tmp_path / "config.toml"),
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    profile = canaries.plant("API key in a profile", registry.api_key(user))
    (tmp_path / "config.toml").write_text(f'[profiles.canary]\napi_key = "{profile}"\n')
    data = tmp_path / "data" / "Quilt"
    data.mkdir(parents=True)
    monkeypatch.setattr(platformdirs, "user_data_dir", lambda *_: str(data))
    login = {
        "access_token": tokens["access"],
        "refresh_token": tokens["refresh"],
        "expires_at": time.time() + 30,  # soon: it is refreshed
    }
    (data / "auth.json").write_text(json.dumps({endpoints.registry_url: login}))
    monkeypatch.setattr("quilt_registry.auth.exchange.Token", _planting(canaries), raising=True)


def _planting(canaries: Canaries) -> Any:
    """Plant the tokens that a refresh token is exchanged for as they arrive."""
    from quilt_registry.auth.bearer import Token

    def make(**fields: Any) -> Token:
        canaries.plant("exchanged token", fields["secret"].reveal())
        return Token(**fields)

    return make


def _connect(
    registry: LocalRegistry, canaries: Canaries, backend: str, source: str
) -> quilt_core.QuiltOps:
    nothing = pytest.MonkeyPatch()
    unset = {
        "argument": (),
        "api-key": ("MCP_JWT_TOKEN", "QUILT_REFRESH_TOKEN"),
        "environment": (),
        "login": ("MCP_JWT_TOKEN", "QUILT_API_KEY", "QUILT_REFRESH_TOKEN"),
        "profile": ("MCP_JWT_TOKEN", "QUILT_API_KEY", "QUILT_REFRESH_TOKEN"),
        "request": ("MCP_JWT_TOKEN", "QUILT_API_KEY", "QUILT_REFRESH_TOKEN"),
    }[source]
    options: dict[str, Any] = {
        "argument": {"token": canaries.secrets["JWT in argument"]},
        "profile": {"profile": "canary"},
        "request": {"multitenant": True},
    }.get(source, {})
    with nothing.context() as patch:
        for name in unset:
            patch.delenv(name)
        return quilt_core.connect(backend, **options)


def _listen(stack: ExitStack, outlet: Outlet) -> None:
    redact_logs()  # as a program does that lets every library log at DEBUG
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.DEBUG)
    root.addHandler(outlet)
    stack.callback(root.setLevel, level)
    stack.callback(root.removeHandler, outlet)
    caught = stack.enter_context(warnings.catch_warnings(record=True))
    warnings.simplefilter("always")
    stack.callback(lambda: [outlet.take("warning", str(one)) for one in caught])
