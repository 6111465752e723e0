"""The logs of quiltops: where they go, and redacting the logs of other libraries.

Everything is logged below `quilt_core`:

- `quilt_core.operations`, INFO: each operation, its outcome and its duration;
- `quilt_core.requests`, DEBUG: each request; WARNING: each retry, with its reason and delay;
- `quilt_core.auth`, WARNING: a token or AWS credentials that could not be renewed;
- `quilt_core.search`, WARNING: packages that cannot be read and are left out;
- `quilt_core.plugins`, WARNING: extensions that were left out;
- `quilt_core.aio`, WARNING: calls that were cancelled while they were running.

No record contains a secret. A program that configures logging receives the records as usual;
otherwise the records that `QUILT_CORE_LOG` selects go to standard error.
"""

from __future__ import annotations

import logging
import os
import traceback

from quilt_core.errors import ValidationError
from quilt_core.redaction import redact

VARIABLE = "QUILT_CORE_LOG"
_LEVELS = ("debug", "info", "warning", "error")
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

_FOREIGN = (
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


class _WithoutLogging(logging.StreamHandler):  # type: ignore[type-arg]
    """Writes to standard error as long as the program has no handler of its own."""

    def emit(self, record: logging.LogRecord) -> None:
        if not logging.getLogger().handlers:
            super().emit(record)


_REDACTING = _Redacting()


def redact_logs() -> None:
    """Keep secrets out of what boto3, botocore and urllib3 log at DEBUG, from now on.

    botocore logs whole requests, with session tokens and signatures, and the bodies of answers,
    which may be credentials; urllib3 logs URLs, which may be signed. A filter on their loggers
    passes each record through `quilt_core.redaction.redact` before any handler sees it. It costs
    nothing while DEBUG is off, and a second call changes nothing. The command line calls it; a
    program that lets these libraries log at DEBUG calls it where it configures logging.
    """
    for name in _FOREIGN:
        logging.getLogger(name).addFilter(_REDACTING)


def configure_from_environment() -> None:
    """Do what `QUILT_CORE_LOG` asks for; `connect` calls this.

    Raises
    ------
    ValidationError
        When its value is not a level.
    """
    level = os.environ.get(VARIABLE, "").strip().lower()
    if not level:
        return
    if level not in _LEVELS:
        raise ValidationError(
            f"{VARIABLE}={level!r} is not a logging level.", hint=f"Use {', '.join(_LEVELS)}."
        )
    logger = logging.getLogger("quilt_core")
    logger.setLevel(level.upper())
    if not any(isinstance(handler, _WithoutLogging) for handler in logger.handlers):
        handler = _WithoutLogging()
        handler.setFormatter(logging.Formatter(_FORMAT))
        handler.addFilter(_REDACTING)
        logger.addHandler(handler)
