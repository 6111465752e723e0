"""The one door to the quilt3 library.

quilt3 takes most of a second to import, reports most calls to its makers, prints, and keeps one
session, one set of credentials and one configuration for the whole process. So it is imported
when it is needed, what is called is the function below the telemetry, and what it is given are
registries, clients and sessions of the connection (see `stores` and `http`), never its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

_TELEMETRY = "QUILT_DISABLE_USAGE_METRICS"


@cache
def quilt3() -> ModuleType:
    """The library."""
    import quilt3 as library

    return library  # type: ignore[no-any-return]


def untracked(function: F) -> F:
    """A function of quilt3 that does not report its use.

    The report stays where the user asked for it in so many words:
    `QUILT_DISABLE_USAGE_METRICS=false`. quilt3's own default, to report, counts as not asked.
    """
    if os.environ.get(_TELEMETRY, "").lower() in ("false", "no", "0"):
        return function
    bare: F = getattr(function, "__wrapped__", function)
    return bare
