"""boto3 clients for S3."""

from __future__ import annotations

import os
import threading
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import boto3
import botocore.session
from botocore import UNSIGNED
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.utils import parse_timestamp

from local_registry.identity.credentials import AwsCredentials
from quilt_core.domain.uris import S3Uri

S3Client = Any  # boto3 makes the class of a client when it is asked for one


_SESSIONS: list[boto3.Session] = []
_MAKING = threading.Lock()


def parse_time(text: str) -> datetime:
    """As botocore does; its way through dateutil costs most of what a listing costs."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return parse_timestamp(text)


def _session() -> boto3.Session:
    """One session for all clients: its loaded models are most of what a client costs. It knows
    without the AWS profiles and files of the user who runs the registry."""
    if not _SESSIONS:
        nothing = (None, None, None, None)
        variables = {"profile": nothing, "config_file": (None, None, os.devnull, None)}
        core = botocore.session.Session(session_vars=variables)
        parsers = core.get_component("response_parser_factory")
        parsers.set_parser_defaults(timestamp_parser=parse_time)
        _SESSIONS.append(boto3.Session(botocore_session=core))
    return _SESSIONS[0]


def s3_client(
    endpoint: str,
    access_key: str,
    secret_key: str,
    region: str,
    *,
    session_token: str | None = None,
    signed: bool = True,
) -> S3Client:
    """A client with path-style addresses for the endpoint, for up to 64 threads at once."""
    config = Config(
        s3={"addressing_style": "path"},
        signature_version="s3v4" if signed else UNSIGNED,
        max_pool_connections=64,
        retries={"total_max_attempts": 3, "mode": "standard"},
        request_checksum_calculation="when_required",
        user_agent="quiltops-local-registry",
    )
    with _MAKING:  # clients are safe to share between threads, making them is not
        return _session().client(
            "s3",
            endpoint_url=endpoint,
            region_name=region,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
            aws_session_token=session_token,
            config=config,
        )


def presigned_url(
    endpoint: str, credentials: AwsCredentials, region: str, where: S3Uri, *, seconds: int
) -> str:
    """A URL that reads an object without further credentials for so many seconds."""
    version = f"?versionId={quote(where.version_id, safe='')}" if where.version_id else ""
    path = quote(where.key, safe="/~")
    request = AWSRequest(method="GET", url=f"{endpoint}/{where.bucket}/{path}{version}")
    keys = Credentials(credentials.access_key, credentials.secret_key, credentials.session_token)
    signer: Any = S3SigV4QueryAuth(keys, "s3", region, expires=seconds)
    signer.add_auth(request)
    return str(request.url)
