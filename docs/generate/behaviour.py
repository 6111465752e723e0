"""Write docs/behaviour.md: the numbered behaviours that the conformance suite proves.

python docs/generate/behaviour.py [--check]
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from page import write_page

from quilt_core.testing import conformance
from quilt_core.testing.conformance.behaviour import proofs_of

INTRODUCTION = """# Behaviour

Everything that every backend does, in numbered sentences that are precise enough to write a backend
from. One test of the conformance suite (`quilt_core.testing.conformance`) proves each number, and
the sentences are that test's docstring. The hooks' [docstrings](reference/hooks.md) are the
contract; the behaviours are the cases in which backends have been found to differ, and the cases
that the contract leaves open (O-1 and following).

`quiltops conformance --backend NAME` runs the suite and reports, for each operation, which numbers
are proven, which failed, and which are not proven and why. It exits with 0 only if everything was
tested and nothing failed, with 1 after a failure, and with 12 if the run was incomplete. The
switches of `conformance.Environment` declare what a test environment lacks; see
`help(conformance.Environment)`.
"""


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION]
    for test_class in conformance.TEST_CLASSES:
        parts.append(f"\n## {inspect.getdoc(test_class)}\n")
        parts.append("| number | behaviour | operations |\n|---|---|---|")
        for found, test in proofs_of(test_class):
            statement = " ".join((inspect.getdoc(test) or "").split()).replace("|", "\\|")
            used = ", ".join(f"`{one}`" for one in found.operations[:6])
            used += ", …" if len(found.operations) > 6 else ""
            parts.append(f"| {found.number} | {statement} | {used} |")
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    sys.exit(write_page("../behaviour.md", page()))
