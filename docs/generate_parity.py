"""Write docs/parity.md from runs of the conformance suite on both backends.

python docs/generate_parity.py
"""

from __future__ import annotations

from pathlib import Path

import platform_backend
import quilt3_backend

from quilt_core.hookspecs import operations
from quilt_core.settings import Settings
from quilt_core.testing.conformance.report import parity_table, same_code
from quilt_core.testing.conformance.run import find_environments, run_suite

INTRODUCTION = """<!-- Generated: `make parity` runs the suite and writes this page. -->

# Both backends compared

What the conformance suite found when it was run on both backends against one local registry: an
operation is proven when every behaviour that [docs/behaviour.md](behaviour.md) numbers for it was
shown. The suite compares whole domain objects; `quiltops demo` shows the same side by side.

The last column says what a row proves. **separate** means that each backend has code of its own, so
that two implementations were compared. **shared** means that both register the same function of
`quilt_registry`: the row shows that each backend offers the operation and that it has its numbered
behaviours, and is not proof of parity, since the code would be compared with itself.

"""

REMARKS = """
## What is shared underneath

- `search_packages` on the quilt3 backend looks through folders itself and leaves buckets to the
  function of `quilt_registry` that the platform backend registers.
- `list_workflows` and `rollback_package` find the registry's objects each in its own way, and leave
  reading the configuration and moving the pointer to `quilt_registry`.
- `get_boto3_client` is a few lines of each backend over the AWS credentials of `quilt_registry`.

## Differences that belong to no single operation

- An update or a promotion through `quilt3` keeps the metadata of directories (as opposed to that
  of files). One through `platform` loses it: the registry's API for publishing packages has no
  field for it. [Concepts](concepts.md#writing) says what to do.
- `platform` reaches no `file://` registry. `quilt3` does, without a server, and refuses there the
  operations that need one.
"""


def code_column() -> dict[str, str]:
    """For each operation, whether both backends answer it by the same code."""
    settings = Settings()
    shared = same_code(
        platform_backend.create_backend(settings), quilt3_backend.create_backend(settings)
    )
    column = {name: "shared" if name in shared else "separate" for name in operations()}
    column["search_packages"] = "shared for buckets"
    return column


def main() -> None:
    """Run the suite twice and write the page."""
    reports = {
        name: run_suite(name, find_environments(name, None)) for name in ("platform", "quilt3")
    }
    path = Path(__file__).parent / "parity.md"
    page = INTRODUCTION + parity_table(reports, code_column()) + REMARKS
    path.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
