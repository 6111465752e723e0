"""Where AWS credentials come from: the registry, or a role that the JWT names."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from quilt_core.errors import AuthenticationError, ProtocolError
from quilt_registry import fields
from quilt_registry.auth.bearer import Bearer
from quilt_registry.auth.claims import Claims
from quilt_registry.graphql.failures import login_refused
from quilt_registry.http.responses import require_object
from quilt_registry.http.transport import HttpAnswer

CredentialSource = Callable[[], dict[str, str]]
"""Returns botocore's metadata: access_key, secret_key, token, expiry_time."""

_FIELDS = {
    "access_key": "AccessKeyId",
    "secret_key": "SecretAccessKey",
    "token": "SessionToken",
    "expiry_time": "Expiration",
}
_SESSION_SECONDS = 3600


class NoAwsCredentialsError(AuthenticationError):
    """The registry gives no AWS credentials to this identity, although it accepts it or may accept
    it.
    """

    is_internal = True


def exchange(ask: Callable[[], HttpAnswer], bearer: Bearer | None) -> CredentialSource:
    """Credentials that the registry issues (docs/protocol.md, B.5).

    When called, it raises `NoAwsCredentialsError` if the registry gives none, `AuthenticationError`
    if it does not accept the token, and `ProtocolError` for an answer that lacks one of the four
    fields or has expired credentials.
    """

    def source() -> dict[str, str]:
        answer = ask()
        if answer.status == 401:
            raise login_refused(answer, bearer)
        if answer.status in (403, 404):
            raise NoAwsCredentialsError(
                f"The registry gives this identity no AWS credentials (status {answer.status}).",
                hint="Log in with a token instead of an API key, or use aws_identity='role' or "
                "'ambient' (QUILT_AWS_IDENTITY).",
                context={"status": answer.status},
            )
        body = require_object(answer)
        found = {name: body.get(field) for name, field in _FIELDS.items()}
        missing = [
            _FIELDS[name] for name, value in found.items() if not (isinstance(value, str) and value)
        ]
        if missing:
            raise ProtocolError(
                f"The registry's AWS credentials lack {', '.join(missing)}.",
                context={"url": answer.url},
            )
        expires = fields.get_time(body, _FIELDS["expiry_time"])
        if expires <= datetime.now(UTC):
            raise ProtocolError(
                f"The registry issued AWS credentials that expired at {expires.isoformat()}.",
                hint="Compare this machine's clock with the registry's: `quiltops doctor` does.",
                context={"url": answer.url},
            )
        issued = {name: str(value) for name, value in found.items()}
        return {**issued, "expiry_time": expires.isoformat()}

    return source


def assume_role(claims: Claims | None, make_sts: Callable[[], Any]) -> CredentialSource:
    """Credentials of the role that the JWT names, assumed with this process's AWS identity.

    Parameters
    ----------
    claims:
        The claims of the JWT: the role, the subject, and tags (docs/protocol.md, B.7).
    make_sts:
        Makes a client of STS with this process's AWS identity.

    Raises
    ------
    AuthenticationError
        When the JWT names no role, or is not trusted.

    The source raises `ProtocolError` for an answer without credentials, and otherwise the errors of
    `make_sts` and `quilt_registry.s3.s3_errors`.
    """
    arn = None if claims is None else claims.role_arn
    if claims is None or arn is None:
        raise AuthenticationError(
            "aws_identity is 'role', but the JWT contains no role.",
            hint="The claim is 'role_arn'; aws_identity='registry' uses the registry's own.",
        )
    if not claims.trusted:
        raise AuthenticationError(
            "The JWT of this request names an AWS role, but its signature was not verified.",
            hint="Configure the issuer's key: QUILT_JWT_SECRET, QUILT_JWT_PUBLIC_KEY, "
            "QUILT_JWT_JWKS_URL.",
        )

    def source() -> dict[str, str]:
        from quilt_registry.s3 import s3_errors

        with s3_errors("assume the role", arn):
            sts = make_sts()
            try:
                answer = sts.assume_role(**_request(claims, arn))
            except KeyError:  # of botocore's parser, which was given the XML of something else
                answer = {}
        issued = answer.get("Credentials", {})
        missing = [field for field in _FIELDS.values() if not issued.get(field)]
        if missing:
            raise ProtocolError(
                f"The AWS credentials of the role {arn} lack {', '.join(missing)}.",
                hint="A proxy may have answered instead of AWS.",
                context={"role": arn},
            )
        return {
            "access_key": issued["AccessKeyId"],
            "secret_key": issued["SecretAccessKey"],
            "token": issued["SessionToken"],
            "expiry_time": issued["Expiration"].isoformat(),
        }

    return source


def _request(claims: Claims, arn: str) -> dict[str, object]:
    # STS accepts only these characters, and between 2 and 64 of them.
    subject = re.sub(r"[^A-Za-z0-9=,.@_-]", "-", claims.subject or "")
    ending = f"-{int(time.time())}"
    request: dict[str, object] = {
        "RoleArn": arn,
        "RoleSessionName": f"quilt-{subject or 'user'}"[: 64 - len(ending)] + ending,
        "DurationSeconds": _SESSION_SECONDS,
    }
    if len(subject) > 1:
        request["SourceIdentity"] = subject[:64]
    if claims.session_tags:
        request["Tags"] = [
            {"Key": key, "Value": value} for key, value in sorted(claims.session_tags.items())
        ]
    if claims.transitive_tag_keys:
        request["TransitiveTagKeys"] = list(claims.transitive_tag_keys)
    return request
