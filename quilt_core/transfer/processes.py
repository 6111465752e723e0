"""Whether the process that began something is gone, so that another one may tidy up after it."""

from __future__ import annotations

import os
import platform
import zlib
from functools import cache
from secrets import token_hex

THIS_RUN = token_hex(8)
"""Tells this process from an earlier one of the same number, as containers have them."""


@cache
def this_machine() -> str:
    """The machine, in eight characters that can be part of a file's name."""
    return f"{zlib.crc32(platform.node().encode()):08x}"


def is_running(process: int) -> bool | None:
    """Whether this machine has a process of a number; None where that cannot be told."""
    if os.name != "posix":
        return None  # to ask would end the process
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
