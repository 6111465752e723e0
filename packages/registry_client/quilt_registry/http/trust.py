"""The certificates that connections trust, read once for all of them.

A bundle of certificates takes ten milliseconds to read, which is more than the handshake takes. A
context holds nothing else: no client certificate, no key, and no session of a connection.
"""

from __future__ import annotations

import os
import ssl
import threading
from functools import lru_cache
from pathlib import Path

from urllib3.exceptions import SSLError
from urllib3.util.ssl_ import create_urllib3_context


class HandshakeError(SSLError):
    """TLS failed while the connection was made: nothing of the request was sent."""


_lock = threading.Lock()
"""Held while a bundle is read, so that the first threads of a server do not all read it."""


def context_trusting(bundle: str | None, folder: str | None) -> ssl.SSLContext:
    """The context of all connections that trust the same certificates.

    Parameters
    ----------
    bundle:
        The path of a file of certificates; it is read again when the file has changed.
    folder:
        The path of a folder of certificates, in which OpenSSL looks at each handshake.

    Raises
    ------
    HandshakeError
        When the file cannot be read, or is not a file of certificates.
    """
    try:
        state = Path(bundle).stat() if bundle else None
        version = (state.st_mtime_ns, state.st_size, state.st_ino) if state else None
        with _lock:
            return _context(bundle, folder, version)
    except OSError as error:
        raise HandshakeError(error) from error


@lru_cache(maxsize=8)
def _context(
    bundle: str | None, folder: str | None, _version: tuple[int, ...] | None
) -> ssl.SSLContext:
    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    context.load_verify_locations(bundle, folder)
    return context


def _forget_after_fork() -> None:
    # Another thread of the parent may have held it.
    global _lock  # noqa: PLW0603 - as in `http.pool`
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_after_fork)
