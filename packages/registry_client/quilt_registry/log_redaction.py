"""Keep secrets out of what the libraries below us log at DEBUG.

botocore logs whole requests, with session tokens and signatures, and the bodies of answers, which
may be credentials; urllib3 logs URLs, which may be signed. A filter on their loggers passes each
record through `redact` before any handler sees it. It costs nothing while DEBUG is off.
"""

from __future__ import annotations

import logging
import traceback

from quilt_core.redaction import redact

_TALKATIVE = (
    "botocore.auth", "botocore.awsrequest", "botocore.credentials", "botocore.crt.auth",
    "botocore.endpoint", "botocore.handlers", "botocore.httpsession", "botocore.parsers",
    "botocore.retries.standard", "botocore.retryhandler", "botocore.signers", "botocore.tokens",
    "botocore.utils", "boto3.resources.action", "s3transfer.tasks", "s3transfer.utils",
    "urllib3.connection", "urllib3.connectionpool", "urllib3.poolmanager", "urllib3.response",
    "urllib3.util.retry",
)  # fmt: skip
"""Loggers of requests and answers; a filter acts on the records of its own logger only."""


class _Redacting(logging.Filter):
    """Changes records instead of holding them back."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(record.getMessage()), None
        if record.exc_info and not record.exc_text:
            record.exc_text = redact("".join(traceback.format_exception(*record.exc_info))).rstrip()
        return True


_FILTER = _Redacting()


def redact_logs() -> None:
    """Redact the records of those loggers from now on; a second call changes nothing."""
    for name in _TALKATIVE:
        logging.getLogger(name).addFilter(_FILTER)
