"""The facade that applications call: a module per operation group, one method per operation.

Each method checks and parses its arguments, calls the hook, and returns the answer.
"""

from quilt_core.ops.connection import QuiltOps, connect
from quilt_core.ops.dispatch import Capability

__all__ = ["Capability", "QuiltOps", "connect"]
