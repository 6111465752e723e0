"""Each error of quiltops becomes one that quilt-mcp's tools know, without losing information."""

from __future__ import annotations

import pytest
from quilt_mcp.ops import exceptions as theirs
from quiltops_mcp.errors import translated, translating

from quilt_core import errors as ours

WANTED = {
    "QuiltOpsError": "BackendError",
    "ValidationError": "ValidationError",
    "AuthenticationError": "AuthenticationError",
    "PermissionDeniedError": "PermissionError",
    "NotFoundError": "NotFoundError",
    "ConflictError": "BackendError",
    "NotSupportedError": "BackendError",
    "BackendError": "BackendError",
    "TransportError": "BackendError",
    "ProtocolError": "BackendError",
    "PluginError": "BackendError",
}


def test_every_error_has_a_counterpart() -> None:
    assert set(WANTED) == set(ours.__all__)


@pytest.mark.parametrize("name", WANTED)
def test_text_and_context_of_an_error_are_kept(name: str) -> None:
    error = getattr(ours, name)(
        "It broke.", operation="list_buckets", backend="x", hint="Mend it.", context={"path": "a"}
    ) if name != "NotSupportedError" else ours.NotSupportedError(
        "list_buckets", "x", "it has none.", hint="Mend it.", context={"path": "a"}
    )  # fmt: skip
    found = translated(error)
    assert type(found) is getattr(theirs, WANTED[name])
    assert str(found).endswith("Mend it.")
    context = {"error": name, "operation": "list_buckets", "backend": "x", "path": "a"}
    assert found.context == context  # type: ignore[attr-defined]


def test_an_error_class_of_a_backend_counts_as_its_base_class() -> None:
    class Throttled(ours.TransportError):
        """An error of another backend."""

    found = translated(Throttled("Slow down."))
    assert type(found) is theirs.BackendError
    assert found.context["error"] == "TransportError"


def test_a_conflict_names_both_revisions() -> None:
    found = translated(ours.ConflictError("Moved on.", expected="a", actual="b"))
    assert {"expected": "a", "actual": "b"}.items() <= found.context.items()  # type: ignore[attr-defined]


def test_the_cause_is_kept_and_bugs_are_not_converted() -> None:
    with pytest.raises(theirs.NotFoundError) as caught, translating():
        raise ours.NotFoundError("Gone.")
    assert isinstance(caught.value.__cause__, ours.NotFoundError)
    with pytest.raises(ZeroDivisionError), translating():
        1 / 0  # noqa: B018
