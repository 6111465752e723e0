"""What precedes the call of a backend cannot have written anything, and errors of writes say so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import quilt_core
from quilt_core import AuthenticationError, TransportError, deadline, ops
from quilt_core.outcome import TELLING, Outcome, outcome_of
from quilt_core.testing.memory import MemoryCatalog, make_backend


def test_the_operations_whose_errors_tell_an_outcome_are_known() -> None:
    sources = "".join(
        path.read_text(encoding="utf-8") for path in Path(ops.__path__[0]).glob("*.py")
    )
    assert set(re.findall(r'self\._write\(\s*"(\w+)"', sources)) == TELLING


def connect(**settings: bool) -> quilt_core.QuiltOps:
    catalog = MemoryCatalog()
    catalog.add_bucket("bucket")
    return quilt_core.connect(make_backend(catalog, "admin"), registry="s3://bucket", **settings)


def test_a_write_without_an_identity() -> None:
    with pytest.raises(AuthenticationError) as caught:
        connect(multitenant=True).push_package("a/b", {"x": b"1"})
    assert outcome_of(caught.value) is Outcome.NOT_WRITTEN


def test_calls_that_are_cancelled_before_they_begin() -> None:
    flag = deadline.Cancellation()
    flag.cancel()
    with deadline.cancellable(flag):
        with pytest.raises(TransportError) as caught:
            connect().delete_package("a/b", "s3://bucket")
        assert outcome_of(caught.value) is Outcome.NOT_WRITTEN
        with pytest.raises(TransportError) as caught:
            connect().get_package_info("a/b")
        assert outcome_of(caught.value) is None
