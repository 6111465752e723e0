"""The digests of the chunks of a file that a push has hashed, for the upload of the same bytes.

A large file that the registry might hold is hashed before it is uploaded. Its upload sends the
digest of each chunk, which the store compares with the bytes, so that it need not compute them
again. The hash of the whole is the hash of these digests, so that they cannot belong to
other bytes.
"""

from __future__ import annotations

from quilt_core.manifest import EntryHash
from quilt_core.shared_lookups import share, shared


def share_digests(found: EntryHash, digests: bytes) -> None:
    """Keep the digests of a hash of the type `sha2-256-chunked`, one after the other, until the
    push ends.
    """
    share(("chunk digests", found), digests)


def shared_digests(found: EntryHash | None) -> bytes:
    """The digests of a hash; empty if they are not known."""
    return (found and shared(("chunk digests", found))) or b""
