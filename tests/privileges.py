"""The superuser's right to read and write files of any mode, which hides what other users meet."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

_VERSION = 0x20080522
_IGNORES_MODES = 0b110  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


@contextmanager
def obeying_modes() -> Iterator[None]:
    """Let the modes of files count in the block also for root, in this thread and those that it
    starts.
    """
    if os.geteuid() != 0:
        yield
        return
    system = ctypes.CDLL(None, use_errno=True)
    if not hasattr(system, "capset"):
        pytest.skip("root reads files of any mode here")
    header, sets = _Header(_VERSION, 0), (_Sets * 2)()
    if system.capget(ctypes.byref(header), sets) != 0:
        pytest.skip("root reads files of any mode here")
    before = sets[0].effective
    sets[0].effective = before & ~_IGNORES_MODES
    assert system.capset(ctypes.byref(header), sets) == 0
    try:
        yield
    finally:
        sets[0].effective = before
        assert system.capset(ctypes.byref(header), sets) == 0
