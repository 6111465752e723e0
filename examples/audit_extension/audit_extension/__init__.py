"""An audit log: one line of JSON per operation, written when it has ended."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from quilt_core import ValidationError, hookimpl
from quilt_core.hookspecs.around import Ending, OperationCall
from quilt_core.plugins import ExtensionContext
from quilt_core.redaction import redact


class AuditLog:
    """Made for each connection; the option `file` is the path of the log."""

    def __init__(self, context: ExtensionContext) -> None:
        if not context.options.get("file"):
            raise ValidationError("It has no file.", hint="Set QUILT_EXTENSION_AUDIT_FILE.")
        self._file = Path(context.options["file"])

    @hookimpl
    def around_operation(self, call: OperationCall) -> Any:
        """Run the operation, and record how it ended."""
        begun, started = datetime.now(UTC), time.perf_counter()

        def write(ending: Ending) -> None:
            line = {
                "time": begun.isoformat(timespec="milliseconds"),
                "operation": call.operation,
                "arguments": {name: redact(str(one)) for name, one in call.arguments.items()},
                "identity": call.identity,
                "outcome": type(ending.error).__name__ if ending.error else ending.outcome.value,
                "milliseconds": round((time.perf_counter() - started) * 1000, 1),
            }
            with self._file.open("a", encoding="utf-8") as log:
                log.write(json.dumps(line, ensure_ascii=False) + "\n")

        call.on_end(write)
        return call.proceed()
