"""The list of allowed hosts, and addresses that imitate one of them."""

from __future__ import annotations

import pytest

from quilt_core import AuthenticationError
from quilt_core.urls import check_address, host_allowed, is_address

ALLOWED = ("*.good.com", "exact.org", "ported.org:8443")


@pytest.mark.parametrize(
    "url",
    [
        "https://a.good.com",
        "https://a.b.good.com/path",
        "https://A.GOOD.com",
        "https://exact.org:444",
        "https://ported.org:8443",
    ],
)
def test_allowed(url: str) -> None:
    assert host_allowed(url, ALLOWED)


@pytest.mark.parametrize(
    "url",
    [
        "https://good.com",
        "https://notgood.com",
        "https://evil.com%2f.good.com",
        "https://evil.com%2F.good.com",
        "https://evil.com%00.good.com",
        "https://evil.com%23.good.com",
        "https://evil.com\\.good.com",
        "https://evil.com#.good.com",
        "https://evil.com?.good.com",
        "https://user@evil.com/.good.com",
        "https://a.good.com@evil.com",
        "https://evil.com;.good.com",
        "https://evil.com,.good.com",
        "https://evil.com／.good.com",
        "https://evil.com。good.com",
        "https://evil.com℀.good.com",
        "https://ａ.good.com",
        "https://-.good.com",
        "https://.good.com",
        "https://a..good.com",
        "https://a.good.com.",
        "https://exact.org.",
        "https://exact.org%20",
        "https://[::1%25.good.com]",
        "https://ported.org",
        "https://" + "a" * 64 + ".good.com",
    ],
)
def test_refused(url: str) -> None:
    assert not host_allowed(url, ALLOWED)


@pytest.mark.parametrize(
    "url", ["https://evil.com%2f.good.com", "https://a..b", "https://[::1%251]"]
)
def test_invalid_addresses_are_refused(url: str) -> None:
    assert not is_address(url)
    with pytest.raises(AuthenticationError):
        check_address(url)


def test_a_star_alone_allows_nothing() -> None:
    assert not host_allowed("https://a.good.com", ("*.", "*"))
