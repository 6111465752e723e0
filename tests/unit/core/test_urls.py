"""A single rule defines what an address is, for all callers."""

from __future__ import annotations

import pytest

from quilt_core import AuthenticationError, Settings, ValidationError
from quilt_core.urls import check_address, is_address, parse_http_url

GOOD = ("https://host", "https://host:8443/path/", "http://127.0.0.1:80", "https://[::1]:1/x?y=z")
BAD = (
    "", "host", "ftp://host", "https://", "https:host", "https://user@host", "https://u:p@host",
    "https://ho st", "https://ho\tst", "https://host\\@other", "https://host:port", "https://[::1",
    "s3://bucket", None, 3,
)  # fmt: skip


@pytest.mark.parametrize("url", GOOD)
def test_every_caller_accepts_an_address(url: str) -> None:
    assert is_address(url)
    assert check_address(url) == url
    assert parse_http_url(url, "name") == url.rstrip("/")
    assert Settings(catalog_url=url).catalog_url == url.rstrip("/")


@pytest.mark.parametrize("url", BAD)
def test_every_caller_refuses_anything_else(url: str) -> None:
    assert not is_address(url)
    with pytest.raises(AuthenticationError):
        check_address(url)
    with pytest.raises(ValidationError, match="name="):
        parse_http_url(url, "name")
    if url is not None:
        with pytest.raises(ValidationError, match="catalog_url"):
            Settings(catalog_url=url)


def test_credentials_are_never_sent_unencrypted() -> None:
    assert is_address("http://host")
    with pytest.raises(AuthenticationError, match="not an https:// address"):
        check_address("http://host")
