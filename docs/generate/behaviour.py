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

INTRODUCTION = """# Behaviour

What every backend does, numbered. Each number is proven by one test of the conformance suite
(`quilt_core.testing.conformance`), which cites it. The hooks' [docstrings](reference/hooks.md) are
the contract; these are the cases in which backends have been found to differ.
"""


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION]
    for test_class in conformance.TEST_CLASSES:
        parts.append(f"\n## {inspect.getdoc(test_class)}\n")
        parts.append("| number | behaviour | operations |\n|---|---|---|")
        for name, test in vars(test_class).items():
            found = conformance.behaviour_of(test)
            if found is None:
                continue
            statement = name.removeprefix("test_").replace("_", " ")
            detail = inspect.getdoc(test)
            used = ", ".join(f"`{one}`" for one in found.operations[:6])
            used += ", …" if len(found.operations) > 6 else ""
            parts.append(f"| {found.number} | {detail or statement} | {used} |")
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    sys.exit(write_page("../behaviour.md", page()))
