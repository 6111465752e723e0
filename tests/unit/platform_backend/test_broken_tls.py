"""TLS that breaks: only a handshake that failed proves that the request was not sent."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from quilt_registry.http.transport import DeliveryError, send

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 400\r\n\r\n"
RUBBISH = b"this is no record of TLS\n" * 4


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a key and its certificate for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a server that breaks off")])
    now, day = datetime.datetime.now(datetime.UTC), datetime.timedelta(days=1)
    host = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.SubjectAlternativeName([host]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    form, no_password = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(key.private_bytes(pem, form, no_password) + made.public_bytes(pem))
    return path


@contextmanager
def breaking_off(certificate: Path, after: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server that answers each request with `after` and then with bytes that are not TLS; yields
    its address and the requests that it has received.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    received: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            plain.settimeout(20)
            with (
                suppress(OSError),
                plain.dup() as below,
                context.wrap_socket(plain, server_side=True) as sealed,
            ):
                received.append(sealed.recv(65_536))
                sealed.sendall(after)
                below.sendall(RUBBISH)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"https://127.0.0.1:{listener.getsockname()[1]}", received
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


@pytest.mark.parametrize("after", [b"", HEAD + b"{"], ids=["in the head", "in the body"])
def test_a_mutation_whose_answer_breaks_is_sent_once(
    after: bytes, certificate: Path, monkeypatch: pytest.MonkeyPatch, no_pauses: list[float]
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with breaking_off(certificate, after) as (url, received):
        with pytest.raises(DeliveryError, match="TLS failed before the whole answer") as caught:
            send("POST", url, repeatable=False, data=b"{}", timeout=20)
        assert len(received) == 1
    assert caught.value.may_have_arrived


@pytest.mark.parametrize("bundle", [None, "no certificate"], ids=["untrusted", "unreadable"])
def test_a_mutation_is_sent_again_after_a_handshake_that_failed(
    bundle: str | None,
    certificate: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    no_pauses: list[float],
) -> None:
    if bundle is not None:
        trusted = tmp_path / "trusted.pem"
        trusted.write_text(bundle, encoding="utf-8")
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(trusted))
    with breaking_off(certificate, b"") as (url, received):
        with pytest.raises(DeliveryError, match="the TLS handshake failed") as caught:
            send("POST", url, repeatable=False, data=b"{}", timeout=20)
        assert not received
    assert not caught.value.may_have_arrived
    assert len(no_pauses) == 3
