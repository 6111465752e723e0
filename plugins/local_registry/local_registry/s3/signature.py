"""Signatures: SigV4 in headers or in the query, and the old query form that boto3 still makes.

Each is checked by signing the request again with botocore's own signer.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import attrs
from botocore.auth import HmacV1QueryAuth, S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local_registry.http.messages import Request
from local_registry.numbers import whole_number
from local_registry.s3.addressing import host_name, with_path_style
from local_registry.s3.errors import S3Error

_ALGORITHM = "AWS4-HMAC-SHA256"
_SKEW = timedelta(minutes=15)
_MAX_PRESIGNED = 7 * 86_400


@attrs.frozen(kw_only=True)
class Signature:
    """The claims of a signed request; `query` distinguishes a presigned URL from a signed
    header.
    """

    kind: str
    access_key: str
    signature: str
    session_token: str | None
    service: str = "s3"
    region: str = ""
    date: str = ""
    signed_headers: tuple[str, ...] = ()
    expires: str = ""


def read_signature(request: Request, service: str = "s3") -> Signature | None:
    """The signature of a request to a service, `None` for an anonymous one.

    Only S3 takes signatures in the query, too.

    Raises `S3Error` (AuthorizationHeaderMalformed) for one that cannot be read.
    """
    authorization = request.header("authorization")
    if authorization:
        return _from_header(authorization, request, service)
    if service != "s3":
        return None
    query = dict(parse_qsl(request.query, keep_blank_values=True))
    if query.get("X-Amz-Algorithm") == _ALGORITHM:
        return _from_query(query)
    if "AWSAccessKeyId" in query and "Signature" in query:
        return Signature(
            kind="query-v2",
            access_key=query["AWSAccessKeyId"],
            signature=query["Signature"],
            session_token=query.get("x-amz-security-token"),
            expires=query.get("Expires", ""),
        )
    return None


def _from_header(authorization: str, request: Request, service: str) -> Signature:
    scheme, _, rest = authorization.partition(" ")
    fields = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    if scheme != _ALGORITHM or not {"Credential", "SignedHeaders", "Signature"} <= fields.keys():
        raise S3Error("AuthorizationHeaderMalformed", "Only AWS4-HMAC-SHA256 is taken")
    access_key, region = _credential(fields["Credential"], service)
    return Signature(
        kind="header",
        service=service,
        access_key=access_key,
        signature=fields["Signature"],
        session_token=request.header("x-amz-security-token"),
        region=region,
        date=request.header("x-amz-date") or "",
        signed_headers=tuple(fields["SignedHeaders"].split(";")),
    )


def _from_query(query: Mapping[str, str]) -> Signature:
    access_key, region = _credential(query.get("X-Amz-Credential", ""), "s3")
    return Signature(
        kind="query",
        access_key=access_key,
        signature=query.get("X-Amz-Signature", ""),
        session_token=query.get("X-Amz-Security-Token"),
        region=region,
        date=query.get("X-Amz-Date", ""),
        signed_headers=tuple(query.get("X-Amz-SignedHeaders", "").split(";")),
        expires=query.get("X-Amz-Expires", ""),
    )


def _credential(text: str, service: str) -> tuple[str, str]:
    parts = text.rsplit("/", 4)
    if len(parts) != 5 or parts[4] != "aws4_request":
        raise S3Error("AuthorizationHeaderMalformed", "The credential is malformed")
    if parts[3] != service:
        raise S3Error(
            "AuthorizationHeaderMalformed",
            f"Credential should be scoped to correct service: '{service}'.",
        )
    return parts[0], parts[2]


def check_signature(request: Request, claim: Signature, secret_key: str, now: datetime) -> None:
    """Raise `S3Error` unless the request was signed with this secret and is still fresh.

    SignatureDoesNotMatch, RequestTimeTooSkewed, AccessDenied for a URL that is over and for
    `x-amz-*` headers that are not signed.
    """
    if claim.kind == "query-v2":
        expected = _sign_v2(request, claim, secret_key, now)
    else:
        _check_headers(request, claim)
        _check_time(claim, now)
        expected = _sign_v4(request, claim, secret_key)
    if not hmac.compare_digest(expected.encode(), claim.signature.encode()):
        raise S3Error(
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided.",
        )


def check_region(claim: Signature, region: str) -> None:
    """Raise `S3Error` unless a request was signed for the region of its bucket.

    The error names that region, and S3's clients ask again there.
    """
    if claim.kind == "query-v2" or claim.region == region:
        return
    presigned = claim.kind == "query"
    code = "AuthorizationQueryParametersError" if presigned else "AuthorizationHeaderMalformed"
    what = (
        "Error parsing the X-Amz-Credential parameter"
        if presigned
        else "The authorization header is malformed"
    )
    raise S3Error(
        code,
        f"{what}; the region '{claim.region}' is wrong; expecting '{region}'",
        details={"Region": region},
        headers={"x-amz-bucket-region": region},
    )


def _check_headers(request: Request, claim: Signature) -> None:
    """A proxy that forwards a signed request must not add instructions for S3."""
    names = {key.decode("latin-1").lower() for key, _ in request.headers}
    # the digest of the body is a part of what is signed, named among the headers or not
    names = {name for name in names if name.startswith("x-amz-")} - {"x-amz-content-sha256"}
    unsigned = sorted(names.difference(claim.signed_headers))
    if unsigned:
        raise S3Error(
            "AccessDenied",
            "There were headers present in the request which were not signed",
            details={"HeadersNotSigned": ", ".join(unsigned)},
        )


def _check_time(claim: Signature, now: datetime) -> None:
    try:
        signed = datetime.strptime(claim.date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise S3Error("AccessDenied", "A date is malformed") from None
    presigned = claim.kind == "query"
    if presigned:
        lifetime = whole_number(claim.expires)
        if lifetime is None or not 0 < lifetime <= _MAX_PRESIGNED:
            raise S3Error("AccessDenied", "X-Amz-Expires is from 1 second to a week")
        if now - signed >= timedelta(seconds=lifetime):
            raise S3Error("AccessDenied", "Request has expired")
    if signed - now > _SKEW or (not presigned and now - signed > _SKEW):
        raise S3Error("RequestTimeTooSkewed", "The clocks differ too much")


def _sign_v4(request: Request, claim: Signature, secret_key: str) -> str:
    presigned = claim.kind == "query"
    kind: Any = S3SigV4QueryAuth if presigned else S3SigV4Auth
    if claim.service != "s3":
        kind = SigV4Auth
    signer: Any = kind(Credentials(claim.access_key, secret_key), claim.service, claim.region)
    query = request.query
    if presigned:
        pairs = [pair for pair in query.split("&") if not pair.startswith("X-Amz-Signature=")]
        query = "&".join(pairs)
    host = request.header("host") or ""
    if host_name(host) is None:
        raise S3Error("InvalidRequest", "The Host header is malformed")
    again = AWSRequest(
        method=request.method,
        url=f"http://{host}{request.raw_path}" + (f"?{query}" if query else ""),
        data=request.body if claim.service != "s3" else b"",  # S3's body has a digest of its own
    )
    for name in claim.signed_headers:
        value = request.header(name)
        if value is None:
            raise S3Error("SignatureDoesNotMatch", f"The signed header {name} is missing")
        again.headers[name] = value
    digest = request.header("x-amz-content-sha256")
    if digest and not presigned and "x-amz-content-sha256" not in claim.signed_headers:
        again.headers["X-Amz-Content-SHA256"] = digest
    again.context["timestamp"] = claim.date
    text = signer.string_to_sign(again, signer.canonical_request(again))
    return str(signer.signature(text, again))


def _sign_v2(request: Request, claim: Signature, secret_key: str, now: datetime) -> str:
    if (whole_number(claim.expires) or 0) <= now.timestamp():
        raise S3Error("AccessDenied", "Request has expired")
    signer: Any = HmacV1QueryAuth(Credentials(claim.access_key, secret_key))
    headers: Any = AWSRequest(method=request.method, url="").headers
    for key, value in request.headers:
        if key.lower().startswith(b"x-amz-"):
            headers[key.decode("latin-1")] = value.decode("latin-1")
    if claim.session_token:
        headers["x-amz-security-token"] = claim.session_token
    path = with_path_style(request).raw_path  # this form signs the bucket and not the host
    amz = signer.canonical_custom_headers(headers)
    lines = [
        request.method,
        request.header("content-md5") or "",
        request.header("content-type") or "",
        claim.expires,
        *([amz] if amz else []),
        signer.canonical_resource(urlsplit(f"http://local{path}?{request.query}")),
    ]
    return str(signer.sign_string("\n".join(lines)))
