"""The catalog in quilt3's configuration is used if nothing else names one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from quilt_registry.auth.quilt3_config import config_path, with_quilt3_config

import quilt_core
from quilt_core.errors import AuthenticationError, ValidationError
from quilt_core.settings import load_settings

CONFIG = (
    "navigator_url: https://c.example.com\nregistryUrl: https://r.example.com\nregion: eu-west-1\n"
)


@pytest.fixture
def configured() -> Path:
    path = config_path()
    path.parent.mkdir(parents=True)
    path.write_text(CONFIG)
    return path


def test_it_is_used_where_nothing_else_is_given(configured: Path) -> None:
    settings = with_quilt3_config(load_settings())

    assert settings.catalog_url == "https://c.example.com"
    assert settings.registry_url == "https://r.example.com"
    assert settings.region == "eu-west-1"
    assert str(configured) in settings.source("registry_url")


@pytest.mark.parametrize(
    "given",
    [
        {"catalog_url": "https://other.example.com"},
        {"registry_url": "https://other.example.com"},
        {"graphql_endpoint": "https://other.example.com/graphql"},
        {"use_quilt3_login": False},
        {"multitenant": True},
    ],
)
@pytest.mark.usefixtures("configured")
def test_it_is_not_mixed_with_what_is_given(given: dict[str, object]) -> None:
    settings = load_settings(**given)

    assert with_quilt3_config(settings) == settings


@pytest.mark.parametrize("backend", ["platform", "quilt3"])
def test_the_login_of_that_registry_is_used(configured: Path, backend: str) -> None:
    login = {"access_token": "tok", "refresh_token": "ref", "expires_at": 4e9}
    (configured.parent / "auth.json").write_text(json.dumps({"https://r.example.com": login}))

    with quilt_core.connect(backend) as ops:
        assert ops.get_registry_url() == "https://r.example.com"
        assert ops.get_graphql_auth_headers() == {"Authorization": "Bearer tok"}


def test_with_nothing_configured_the_error_says_what_to_do() -> None:
    with quilt_core.connect("quilt3", registry="s3://some-bucket") as ops:
        assert ops.get_auth_status().is_authenticated is False
        with pytest.raises(AuthenticationError, match="QUILT_AWS_IDENTITY=ambient"):
            ops.get_boto3_client("s3")
        with pytest.raises(AuthenticationError, match="QUILT_CATALOG_URL"):
            ops.get_registry_url()


@pytest.mark.parametrize("content", [b"a: [", b"\xff\xfe\xfd", b"registryUrl: 5", None])
@pytest.mark.parametrize("backend", ["platform", "quilt3"])
def test_a_broken_file_is_named(configured: Path, backend: str, content: bytes | None) -> None:
    configured.unlink()
    if content is None:
        configured.mkdir()
    else:
        configured.write_bytes(content)

    with pytest.raises(ValidationError, match=r"config\.yml"):
        quilt_core.connect(backend)
