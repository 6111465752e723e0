"""How functions of quilt3's library are called.

quilt3 takes most of a second to import, reports most calls to its developers, prints, and keeps one
session, one set of credentials and one configuration for the whole process. It is therefore
imported when it is needed, functions are called without the telemetry around them, and they get
registries, clients and sessions of the connection (see `stores`), never quilt3's own.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

_TELEMETRY = "QUILT_DISABLE_USAGE_METRICS"


def untracked(function: F) -> F:
    """A function of quilt3 that does not report its use.

    The report is kept if the user asked for it explicitly with `QUILT_DISABLE_USAGE_METRICS=false`.
    quilt3's own default, which is to report, does not count.
    """
    if os.environ.get(_TELEMETRY, "").lower() in ("false", "no", "0"):
        return function
    bare: F = getattr(function, "__wrapped__", function)
    return bare
