"""Writers of one package whose requests overlap in the registry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
from local_registry import LocalRegistry
from local_registry.storage.construct import construct

from quilt_core import ConflictError, QuiltOps

START = 1_700_000_000


@pytest.fixture
def unlocked(registry: LocalRegistry, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The registry's store without its lock, which a real one lacks; seconds pass as it writes."""
    seconds = count(START)
    times = SimpleNamespace(time=lambda: next(seconds), sleep=lambda _: None)
    monkeypatch.setattr("local_registry.storage.construct.time", times)
    store = registry.context.packages
    monkeypatch.setattr(store, "lock_of", lambda *_: nullcontext())
    return store


@pytest.fixture
def before_a_pointer(unlocked: Any) -> Iterator[Callable[[Callable[[], object]], None]]:
    """Does something once, when the next timestamp pointer has its name but does not exist yet."""
    events, registered = unlocked.s3.meta.events, []

    def do(what: Callable[[], object]) -> None:
        def listen(params: dict[str, Any], **_: object) -> None:
            if params["Key"].rpartition("/")[2].isdigit():
                events.unregister(*registered.pop())
                what()

        registered.append(("before-parameter-build.s3.PutObject", listen))
        events.register(*registered[-1])

    yield do
    for one in registered:
        events.unregister(*one)


def test_a_replaced_revision_is_reported_although_another_write_precedes_the_answer(
    ops: QuiltOps,
    put: Callable[..., str],
    before_a_pointer: Callable[[Callable[[], object]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`slow` replaces `quick`, and `last` is based on `slow` before the answer to `slow` is read.

    `quick` had its answer before there was a trace of `slow`, and `last` saw both.
    """
    made, uri = {}, put("a")
    ops.create_package_revision("a/b", {"start": uri})

    def update(key: str) -> None:
        made[key] = ops.update_package_revision("a/b", {key: uri}, message=key).top_hash

    def with_another_before_the_answer(store: Any, params: Any, *rest: Any) -> str:
        top_hash = construct(store, params, *rest)
        if params["message"] == "slow":
            update("last")
        return top_hash

    monkeypatch.setattr("local_registry.graphql.packages.construct", with_another_before_the_answer)
    before_a_pointer(lambda: update("quick"))
    with pytest.raises(ConflictError) as caught:
        update("slow")
    assert [one.path for one in ops.browse_content("a/b")] == ["last", "slow", "start"]
    assert caught.value.context["outcome"] == "written"
    assert caught.value.context["all_overwritten"] == [made["quick"]]
