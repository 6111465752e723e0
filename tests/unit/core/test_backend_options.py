"""Options and registry schemes that a backend declares."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import quilt_core
from quilt_core import (
    BackendPlugin,
    Option,
    Registry,
    Secret,
    Settings,
    ValidationError,
    backend_options,
    hookimpl,
)
from quilt_core.settings import load_settings, with_options


class Names:
    """Answers with the registry that it was asked about."""

    @hookimpl
    def list_all_packages(self, registry: Registry) -> list[str]:
        return [registry.url]


@backend_options(
    Option("database", type=Path, default=Path("catalog.db"), help="The database's file."),
    Option("retries", type=int, default=3),
    Option("share", type=float),
    Option("read_only", type=bool, default=False),
    Option("password", type=Secret),
)
def create(settings: Settings) -> BackendPlugin:
    return BackendPlugin(
        name="sqlite", hook_version=1, implementers=[Names()], schemes=("sqlite", "file")
    )


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "config.toml"
    monkeypatch.setenv("QUILT_CORE_CONFIG", str(path))
    monkeypatch.delenv("QUILT_DEFAULT_REGISTRY", raising=False)
    return path


def test_options_are_converted_and_defaults_filled_in() -> None:
    options = {"retries": "5", "share": "0.5", "read_only": "yes", "password": "hunter22"}
    settings = quilt_core.connect(create, options=options).settings
    assert dict(settings.options) == {
        "database": Path("catalog.db"), "retries": 5, "share": 0.5, "read_only": True,
        "password": Secret("hunter22"),
    }  # fmt: skip
    assert "hunter22" not in repr(settings) + str(settings.options)
    # Options that are already converted stay as they are.
    assert with_options(settings, create, "sqlite") == settings


def test_each_option_is_looked_up_separately(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config.write_text(
        '[profiles.a.options]\ndatabase = "file.db"\nretries = 1\nshare = 0.1\n'
        'password = { env = "PASS" }\n'
    )
    monkeypatch.setenv("PASS", "hunter22")
    monkeypatch.setenv("QUILT_OPTION_RETRIES", "2")
    monkeypatch.setenv("QUILT_OPTION_SHARE", "0.2")
    settings = quilt_core.connect(create, profile="a", options={"share": 0.3}).settings
    assert settings.options["database"] == Path("file.db")
    assert (settings.options["retries"], settings.options["share"]) == (2, 0.3)
    assert settings.options["password"] == Secret("hunter22")
    assert settings.source("options.database") == f"profile 'a' in {config}"
    assert settings.source("options.retries") == "environment variable QUILT_OPTION_RETRIES"
    assert settings.source("options.share") == "argument"
    assert settings.source("options.read_only") == "default"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"databse": "x"}, "no option 'databse'.*Did you mean 'database'"),
        ({"zzz": "x"}, "no option 'zzz'.*Its options: database, retries"),
        ({"retries": "many"}, "'retries' \\(from argument\\): it must be a whole number"),
        ({"read_only": "perhaps"}, "true or false"),
        ({"share": True}, "it must be a number"),
        ({"database": 3}, "it must be a path"),
        ({"password": ""}, "the value is not a value for the option 'password'"),
        ("database=x", "mapping"),
    ],
)
def test_a_wrong_option_is_refused_at_connect(options: Any, message: str) -> None:
    with pytest.raises(ValidationError, match=f"(?s){message}"):
        quilt_core.connect(create, options=options)


def test_a_wrong_option_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUILT_OPTION_RETRIES", "many")
    with pytest.raises(ValidationError, match="QUILT_OPTION_RETRIES"):
        quilt_core.connect(create)


def test_a_backend_that_declares_no_options_accepts_none() -> None:
    with pytest.raises(ValidationError, match="'memory' has no option 'database'"):
        quilt_core.connect("memory", options={"database": "x.db"})


@pytest.mark.parametrize(
    "declare",
    [
        lambda: Option("Name"),
        lambda: Option("a-b"),
        lambda: Option("names", type=list),
        lambda: backend_options(Option("a"), Option("a")),
    ],
)
def test_an_invalid_declaration_is_refused(declare: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="option"):
        declare()


@pytest.mark.parametrize("given", ["sqlite://catalog", "sqlite://catalog/", "file:///data"])
def test_a_declared_scheme_is_served(given: str) -> None:
    url = given.rstrip("/")
    with quilt_core.connect(create, registry=given) as ops:
        assert ops.list_all_packages() == [url]
        assert ops.settings.registry is not None
        assert ops.settings.registry.url == url
    with quilt_core.connect(create) as ops:
        assert ops.list_all_packages(given) == [url]


@pytest.mark.parametrize("given", ["s3://bucket", "gs://bucket"])
def test_another_scheme_is_refused_and_the_error_names_those_that_are_served(given: str) -> None:
    with pytest.raises(ValidationError, match=r"sqlite://…, file:///folder") as caught:
        quilt_core.connect(create, registry=given)
    assert "from argument" in str(caught.value)
    with quilt_core.connect(create) as ops:
        with pytest.raises(ValidationError, match=r"sqlite://…") as refused:
            ops.list_all_packages(given)
        assert (refused.value.operation, refused.value.backend) == ("list_all_packages", "sqlite")


def test_a_backend_that_cannot_serve_the_registry_is_closed() -> None:
    closed: list[bool] = []

    def factory(_settings: Settings) -> BackendPlugin:
        return BackendPlugin(
            name="x", hook_version=1, implementers=[Names()], close=lambda: closed.append(True)
        )

    with pytest.raises(ValidationError, match="does not serve the registry gs://bucket"):
        quilt_core.connect(factory, registry="gs://bucket")
    assert closed == [True]


@pytest.mark.parametrize(
    "text",
    [
        "sqlite://",
        "sqlite:///",
        "SQL ITE://x",
        "gs://a b",
        "gs://a\nb",
        "http://host",
        "://x",
        "gs:x",
    ],
)
def test_a_scheme_that_no_backend_can_serve_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="package registry"):
        load_settings(registry=text)


def test_a_registry_of_another_scheme_is_a_value() -> None:
    found = Registry.parse("gs://bucket/folder/", schemes=("gs",))
    assert found == Registry(address="gs://bucket/folder")
    assert (found.scheme, found.url, found.bucket, found.is_local) == (
        "gs", "gs://bucket/folder", None, False,
    )  # fmt: skip
    with pytest.raises(ValidationError):
        Registry.parse("gs://bucket")
    with pytest.raises(ValidationError, match="sqlite://…"):
        Registry.parse("gs://bucket", schemes=("s3", "sqlite"))
