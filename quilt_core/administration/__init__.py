"""A catalog's administration as a file: compare the catalog with the file, and change it to match.

    from quilt_core import administration, connect

    with connect() as ops:
        document = administration.read_document("access.yaml")
        plan = administration.make_plan(administration.read_state(ops), document)
        for change in plan.changes:
            print(change.action, change.kind, change.name)
        results = administration.execute_plan(ops, plan)

The file is YAML with sections for buckets, policies, roles, the default role, single sign-on and
users (`json_schema` describes it). Sections that it leaves out are not changed. This needs the
extra `yaml`.
"""

from __future__ import annotations

from quilt_core.administration.bucket_test import resubmit_bucket
from quilt_core.administration.changes import (
    Change,
    ChangeResult,
    FieldChange,
    Loss,
    Plan,
    Skipped,
    Status,
)
from quilt_core.administration.document import (
    Document,
    make_document,
    parse_document,
    read_document,
)
from quilt_core.administration.execution import apply_document, execute_plan
from quilt_core.administration.export import export_data, export_text
from quilt_core.administration.plan import MAX_INVITES, make_plan
from quilt_core.administration.schema import SECTIONS, json_schema
from quilt_core.administration.state import State, read_state

__all__ = [
    "MAX_INVITES",
    "SECTIONS",
    "Change",
    "ChangeResult",
    "Document",
    "FieldChange",
    "Loss",
    "Plan",
    "Skipped",
    "State",
    "Status",
    "apply_document",
    "execute_plan",
    "export_data",
    "export_text",
    "json_schema",
    "make_document",
    "make_plan",
    "parse_document",
    "read_document",
    "read_state",
    "resubmit_bucket",
]
