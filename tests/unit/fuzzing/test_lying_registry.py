"""Whatever a registry answers, the result is a valid object or a documented error.

`QUILT_FUZZ_EXAMPLES` sets the total number of answers to try (2,000 by default).
"""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from quilt_core import QuiltOps, QuiltOpsError
from quilt_core.domain.base import DomainObject
from quilt_core.domain.hints import complete_modules
from quilt_core.hookspecs import operations
from quilt_core.outcome import outcome_of
from quilt_core.testing.conformance.calls import example_call

# These need an answer from S3 or Athena; from the registry most of them only need credentials, like
# `get_boto3_session`.
OF_AWS = {
    "list_objects", "get_object_info", "open_object", "put_object",
    "get_content_url", "open_content", "read_content", "list_workflows", "push_package",
    "query", "start_query", "get_query", "cancel_query",
}  # fmt: skip
OPERATIONS = sorted(set(operations()) - OF_AWS)
EXAMPLES = int(os.environ.get("QUILT_FUZZ_EXAMPLES", "2000")) // len(OPERATIONS) + 1
# A liar hardly ever gives answers that agree with each other or with the request, which these need
# to succeed.
NEED_AGREEING_ANSWERS = {
    "admin_add_bucket", "admin_set_user_active", "admin_update_bucket", "admin_update_policy",
    "promote_package", "rename_tabulator_table", "rollback_package", "update_package_revision",
    "update_tabulator_table",
}  # fmt: skip
WRITES = {
    "create_package_revision",
    "update_package_revision",
    "delete_package",
    "promote_package",
    "rollback_package",
}
WITHOUT_AWS = {"list_query_tables": {"engine": "local"}}
"""Arguments with which an operation asks the registry alone."""
SEEDS_A_CONNECTION = 4
"""Making one takes longer than a call, and what it remembers is to be mostly new."""
MOST_EXAMPLES = EXAMPLES + 500


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_object_or_a_documented_error(lie: Any, operation: str) -> None:
    good = int(operation in NEED_AGREEING_ANSWERS)
    for first in itertools.count(0, SEEDS_A_CONNECTION):
        if first >= EXAMPLES and good:
            return
        assert first < MOST_EXAMPLES, "no answer was good enough: the test shows nothing"
        with lie(first) as ops:
            for seed in range(first, first + SEEDS_A_CONNECTION):
                lie.by(seed)
                good += _is_answered(ops, operation, seed)


def _is_answered(ops: QuiltOps, operation: str, seed: int) -> bool:
    method, arguments = example_call(ops, operation, "s3://bucket")
    try:
        _check(method(**{**arguments, **WITHOUT_AWS.get(operation, {})}))
    except QuiltOpsError as error:
        assert str(error)
        json.dumps(dict(error.context))
        if operation in WRITES:
            assert outcome_of(error) is not None
        return False
    except Exception as error:
        error.add_note(f"seed {seed}")
        raise
    return True


def _check(answer: Any) -> None:
    """Every field has the type that its class declares, and everything can be written as JSON."""
    if isinstance(answer, Iterator):
        answer = list(answer)
    for one in answer if isinstance(answer, list) else [answer]:
        if isinstance(one, DomainObject):
            complete_modules()
            msgspec.convert(one, type(one), from_attributes=True)
            json.dumps(one.to_dict())
