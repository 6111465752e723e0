"""Write docs/parity.md from runs of the conformance suite on both backends.

python docs/generate_parity.py
"""

from __future__ import annotations

from pathlib import Path

from quilt_core.testing.conformance.report import parity_table
from quilt_core.testing.conformance.run import find_environments, run_suite

INTRODUCTION = """<!-- Generated: `make parity` runs the suite and writes this page. -->

# Both backends compared

What the conformance suite found when it was run on both backends against one local registry: an
operation has passed when every behaviour that [docs/behaviour.md](behaviour.md) numbers for it was
shown. The suite compares whole domain objects; `quiltops demo` shows the same side by side.

"""

REMARKS = """
## Differences that are no operation's

- Metadata of directories (not of files) stays in an update through `quilt3`, and goes in one
  through `platform`: the registry's API to publish packages has no field for it.
  [Concepts](concepts.md#writing) says what to do.
- `platform` reaches no `file://` registry; `quilt3` does, without a server, and refuses there what
  needs one.
"""


def main() -> None:
    """Run the suite twice and write the page."""
    reports = {
        name: run_suite(name, find_environments(name, None)) for name in ("platform", "quilt3")
    }
    path = Path(__file__).parent / "parity.md"
    path.write_text(INTRODUCTION + parity_table(reports) + REMARKS, encoding="utf-8")


if __name__ == "__main__":
    main()
