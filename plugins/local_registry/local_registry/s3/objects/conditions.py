"""Conditional requests, which are carried out only if an object is in the expected state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

from local_registry.s3.errors import S3Error
from local_registry.s3.objects.model import Version

_FAILED = "At least one of the pre-conditions you specified did not hold"


class NotModifiedError(Exception):
    """The client has the object already."""


def check_write(headers: Mapping[str, str], now: Version | None, seen: Version | None) -> None:
    """Raise `S3Error` unless a key may be written.

    now: the live version of the key; seen: the one when the request came. PreconditionFailed;
    NoSuchKey when there is nothing that could match; ConditionalRequestConflict when the object
    was deleted meanwhile, after which S3 does not say how the condition would have turned out.
    """
    wanted, unwanted = headers.get("if-match"), headers.get("if-none-match")
    if unwanted not in (None, "*"):
        raise S3Error("NotImplemented", "Writes take If-None-Match with * only")
    if wanted is None and unwanted is None:
        return
    if seen is not None and now is None:
        raise S3Error(
            "ConditionalRequestConflict",
            "The conditional request cannot succeed due to a conflicting operation against this "
            "resource.",
        )
    if unwanted is not None and now is not None:
        raise _failed("If-None-Match")
    if wanted is not None and now is None:
        raise S3Error("NoSuchKey", "The specified key does not exist.")
    if wanted is not None and now is not None and not _matches(wanted, now.etag):
        raise _failed("If-Match")


def check_read(headers: Mapping[str, str], version: Version, *, prefix: str = "") -> None:
    """Raise `S3Error` (PreconditionFailed) or `NotModifiedError` unless a version is wanted.

    A copy's conditions on its source have a `prefix`, and fail where a read is not modified.
    """
    wanted, unwanted = headers.get(f"{prefix}if-match"), headers.get(f"{prefix}if-none-match")
    since = _time(headers.get(f"{prefix}if-modified-since"))
    until = _time(headers.get(f"{prefix}if-unmodified-since"))
    if wanted is not None:
        if not _matches(wanted, version.etag):
            raise _failed("If-Match")
    elif until is not None and version.modified > until:
        raise _failed("If-Unmodified-Since")
    if unwanted is not None:
        known = _matches(unwanted, version.etag)
    else:
        known = since is not None and version.modified <= since
    if known and prefix:
        raise _failed("If-None-Match" if unwanted is not None else "If-Modified-Since")
    if known:
        raise NotModifiedError


def _failed(condition: str) -> S3Error:
    return S3Error("PreconditionFailed", _FAILED, details={"Condition": condition})


def _matches(header: str, etag: str) -> bool:
    tags = [each.strip().removeprefix("W/").strip('"') for each in header.split(",")]
    return "*" in tags or etag in tags


def _time(header: str | None) -> float | None:
    if header is None:
        return None
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
