"""A wrapper around every operation, which writes a line when it ends."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Generator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from quilt_core.hookspecs.cli import CliCommand

from quilt_core import auth_context, hookimpl
from quilt_core.hookspecs import operations
from quilt_core.plugins.validation import spec_parameters
from quilt_core.redaction import redact

_SUBJECTS = ("package_name", "package1_name", "registry", "bucket", "name", "table_name", "path")


def log_path() -> Path | None:
    """The file that `QUILT_AUDIT_LOG` names; None switches the log off."""
    name = os.environ.get("QUILT_AUDIT_LOG")
    return Path(name) if name else None


class AuditLog:
    """Wraps every operation; the methods are made below, one a hook."""

    @hookimpl
    def cli_commands(self) -> Sequence[CliCommand]:
        """Adds `quiltops audit`."""
        return [
            CliCommand(
                path=("audit",), target="audit_extension.cli:audit", help="Show the audit log."
            )
        ]


def _wrapper(operation: str) -> Any:
    subjects = [name for name in _SUBJECTS if name in spec_parameters(operation)]
    source = f"def {operation}(self, {', '.join(subjects)}):\n"
    source += f"    return (yield from record({operation!r}, locals()))"
    # pluggy reads a wrapper's parameters from its signature, so each gets the ones it logs.
    scope: dict[str, Any] = {"record": _record}
    exec(source, scope)  # noqa: S102 - the text is made of the hooks' own names
    return hookimpl(wrapper=True)(scope[operation])


def _record(operation: str, arguments: dict[str, Any]) -> Generator[None, Any, Any]:
    started = time.perf_counter()
    outcome = "done"
    try:
        return (yield)
    except BaseException as error:
        outcome = type(error).__name__
        raise
    finally:
        path = log_path()
        if path is not None:
            identity = auth_context.current()
            line = {
                "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "operation": operation,
                "subject": {n: redact(str(v)) for n, v in arguments.items() if n != "self"},
                "identity": "request" if identity else "process",
                "outcome": outcome,
                "milliseconds": round((time.perf_counter() - started) * 1000, 1),
            }
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")


for _operation in operations():
    setattr(AuditLog, _operation, _wrapper(_operation))
