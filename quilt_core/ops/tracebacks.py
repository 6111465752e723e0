"""Tracebacks that show the frames of the application, of quiltops and of the backend only."""

from __future__ import annotations

from types import TracebackType

_HIDDEN = "pluggy"


def without_pluggy(error: BaseException) -> TracebackType | None:
    """The traceback of an error without pluggy's frames, which say nothing about its cause.

    The links of the traceback are changed in place.
    """
    first = trace = _next_shown(error.__traceback__)
    while trace is not None:
        trace.tb_next = _next_shown(trace.tb_next)
        trace = trace.tb_next
    return first


def _next_shown(trace: TracebackType | None) -> TracebackType | None:
    while trace is not None and _is_hidden(trace):
        trace = trace.tb_next
    return trace


def _is_hidden(trace: TracebackType) -> bool:
    module: str = trace.tb_frame.f_globals.get("__name__", "")
    return module.partition(".")[0] == _HIDDEN
