"""Choosing the transfer engine."""

from __future__ import annotations

import os
from typing import Any

from quilt_registry.transfer.boto import Boto3Engine
from quilt_registry.transfer.engine import TransferEngine


def choose_engine(wanted: str, s3: Any, credentials: Any) -> TransferEngine:
    """The engine for one identity.

    Parameters
    ----------
    wanted:
        The setting `transfer_engine`: `boto3`, or `auto` for obstore if it can be used.
    s3:
        The identity's boto3 client.
    credentials:
        botocore's credentials of that client.
    """
    from quilt_registry.transfer import fast

    other = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    endpoint = s3.meta.endpoint_url if other else None
    if wanted == "boto3" or credentials is None or not fast.is_usable(endpoint):
        return Boto3Engine(s3)
    return fast.ObstoreEngine(s3, credentials, endpoint)
