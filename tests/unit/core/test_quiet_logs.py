"""What the libraries log at DEBUG contains no secrets, whichever of their signers is used."""

from __future__ import annotations

import logging

import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from quilt_core.logs import redact_logs

SECRET, SESSION = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY", "FwoGZXIvYXdzEBYaDH/+canary=="


def test_signers_that_log_what_they_sign(caplog: pytest.LogCaptureFixture) -> None:
    redact_logs()
    keys = Credentials("ASIAIOSFODNN7EXAMPLE", SECRET, SESSION)
    with caplog.at_level(logging.DEBUG, "botocore"):
        for signer in (S3SigV4Auth, S3SigV4QueryAuth):
            request = AWSRequest("GET", "https://bucket.s3.amazonaws.com/a", headers={"a": "b"})
            signer(keys, "s3", "us-east-1").add_auth(request)
            logging.getLogger("botocore.endpoint").debug("Sending: %s", request.prepare())
    signature = str(request.url).rpartition("X-Amz-Signature=")[2]
    assert "CanonicalRequest" in caplog.text
    for secret in (SECRET, SESSION, signature, keys.access_key):
        assert secret not in caplog.text


def test_responses_with_credentials(caplog: pytest.LogCaptureFixture) -> None:
    redact_logs()
    body = f"<SecretAccessKey>{SECRET}</SecretAccessKey><SessionToken>{SESSION}</SessionToken>"
    with caplog.at_level(logging.DEBUG, "botocore"):
        logging.getLogger("botocore.parsers").debug("Response body:\n%s", body.encode())
    assert SECRET not in caplog.text
    assert SESSION not in caplog.text


def test_tracebacks(caplog: pytest.LogCaptureFixture) -> None:
    redact_logs()
    with caplog.at_level(logging.DEBUG, "urllib3"):
        try:
            raise ValueError(f"/a?X-Amz-Security-Token={SESSION}")
        except ValueError:
            logging.getLogger("urllib3.connectionpool").debug("failed", exc_info=True)
    assert "ValueError" in caplog.text
    assert SESSION not in caplog.text
