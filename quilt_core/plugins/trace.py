"""`QUILT_CORE_TRACE=1`: print every hook call on standard error, with the plugin that answered and
the duration.
"""

from __future__ import annotations

import sys
import threading
import time
from typing import Any

import pluggy

from quilt_core.errors import kind_name
from quilt_core.redaction import redact


def trace_calls(manager: pluggy.PluginManager) -> None:
    """Print one line per hook call of `manager`: hook, arguments, plugin, duration, result."""
    calls = threading.local()

    def before(hook_name: str, hook_impls: Any, kwargs: Any) -> None:
        calls.started = [*getattr(calls, "started", ()), time.perf_counter()]

    def after(outcome: Any, hook_name: str, hook_impls: Any, kwargs: Any) -> None:
        elapsed = (time.perf_counter() - calls.started.pop()) * 1000
        arguments = ", ".join(f"{name}={_short(value)}" for name, value in kwargs.items())
        answered = next(
            (impl.plugin.owner for impl in reversed(hook_impls) if not impl.wrapper), "-"
        )
        error = outcome.exception
        result = f"raised {kind_name(error)}" if error else type(outcome.get_result()).__name__
        line = f"quilt_core: {hook_name}({arguments}) by {answered}: {result} in {elapsed:.1f} ms"
        print(redact(line), file=sys.stderr)  # noqa: T201 - the trace's purpose

    manager.add_hookcall_monitoring(before, after)


def _short(value: Any) -> str:
    text = redact(repr(value))  # before it is cut: half a secret would not be found
    return text if len(text) <= 80 else f"{text[:77]}…"
