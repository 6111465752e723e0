"""Whether the process that started some work has ended, so that another one may clean up
after it.
"""

from __future__ import annotations

import os
import platform
import zlib
from functools import cache
from secrets import token_hex

THIS_RUN = token_hex(8)
"""Distinguishes this process from an earlier one with the same number, which is common in
containers.
"""


@cache
def this_machine() -> str:
    """Identifies the machine, in eight characters that can be part of a file name."""
    return f"{zlib.crc32(platform.node().encode()):08x}"


def is_running(process: int) -> bool | None:
    """Whether this machine has a process with a number; None if that cannot be determined."""
    if os.name != "posix":
        return None  # asking would end the process
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
