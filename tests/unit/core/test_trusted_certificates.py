"""Connections share what they trust; a changed bundle of certificates is read again."""

from __future__ import annotations

import ssl
from pathlib import Path

import certifi
import pytest
from quilt_registry.http.connections import _BoundedTLSConnection
from quilt_registry.http.trust import context_trusting
from urllib3.exceptions import SSLError


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    path = tmp_path / "trusted.pem"
    path.write_bytes(Path(certifi.where()).read_bytes())
    return path


def test_a_bundle_is_read_once(bundle: Path) -> None:
    first = context_trusting(str(bundle), None)
    assert context_trusting(str(bundle), None) is first
    assert first.verify_mode is ssl.CERT_REQUIRED
    assert first.check_hostname


def test_a_changed_bundle_is_read_again(bundle: Path) -> None:
    first = context_trusting(str(bundle), None)
    one = bundle.read_text(encoding="utf-8").partition("-----END CERTIFICATE-----")
    bundle.write_text(one[0] + one[1] + "\n", encoding="utf-8")
    second = context_trusting(str(bundle), None)
    assert second is not first
    assert len(second.get_ca_certs()) == 1 < len(first.get_ca_certs())


def test_a_bundle_that_is_none_is_an_error_of_tls(bundle: Path, tmp_path: Path) -> None:
    bundle.write_text("nothing", encoding="utf-8")
    for path in (bundle, tmp_path / "missing.pem"):
        with pytest.raises(SSLError):
            context_trusting(str(path), None)


def test_a_proxy_with_tls_keeps_its_own_certificates(bundle: Path) -> None:
    """urllib3 takes them from the connection, which therefore must keep the path."""
    import urllib3

    proxied = _BoundedTLSConnection(
        "127.0.0.1", 1, ca_certs=str(bundle), proxy=urllib3.util.parse_url("https://127.0.0.1:1")
    )
    direct = _BoundedTLSConnection("127.0.0.1", 1, ca_certs=str(bundle))
    for connection in (proxied, direct):
        with pytest.raises(urllib3.exceptions.HTTPError):
            connection.connect()
    assert (proxied.ca_certs, proxied.ssl_context) == (str(bundle), None)
    assert direct.ssl_context is context_trusting(str(bundle), None)


def test_a_certificate_of_the_client_stays_with_its_connection(bundle: Path) -> None:
    import urllib3

    own = _BoundedTLSConnection("127.0.0.1", 1, ca_certs=str(bundle), cert_file=str(bundle))
    with pytest.raises(urllib3.exceptions.HTTPError):
        own.connect()
    assert own.ssl_context is None
