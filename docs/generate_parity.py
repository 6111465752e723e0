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

The result of running the conformance suite on both backends against one local registry. An
operation is proven if all of its numbered behaviours in [docs/behaviour.md](behaviour.md) were
shown. The suite compares whole domain objects; `quiltops demo` shows the backends side by side.

The last column says what a row proves. **separate** means that each backend has its own code, so
that two implementations were compared. **shared** means that both register the same function of
`quilt_registry`: the row shows that each backend supports the operation with its numbered
behaviours. It does not prove parity, because the code would be compared with itself.

"""

REMARKS = """
## What is shared underneath

- `search_packages` on the quilt3 backend searches folders itself. For buckets, it uses the same
  function of `quilt_registry` as the platform backend.
- For `list_workflows` and `rollback_package`, each backend finds the registry's objects in its own
  way; `quilt_registry` reads the configuration and moves the pointer.
- `get_boto3_client` is a few lines in each backend, with the AWS credentials of `quilt_registry`.

## Other differences

- An update or a promotion through `quilt3` keeps the metadata of directories (as opposed to that
  of files). An update or promotion through `platform` loses it, because the registry's API for
  publishing packages has no field for it ([concepts](concepts.md#writing)).
- `platform` does not support `file://` registries. `quilt3` does, without a server, and refuses
  operations on them that need one.
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
