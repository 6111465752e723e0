"""Sessions of boto3: each has botocore's own handlers of events, and adds to its own only."""

from __future__ import annotations

from typing import Any

import botocore.session
from botocore.hooks import EventAliaser
from quilt_registry.aws.session import session_with

EVENTS = ("before-parameter-build.s3.PutObject", "before-call.s3", "after-call.s3.ListObjectsV2")


def _handlers(session: Any, event: str) -> list[Any]:
    emitter: EventAliaser = session.get_component("event_emitter")
    return list(emitter._emitter._handlers.prefix_search(event))


def test_a_session_has_the_handlers_of_botocore() -> None:
    ours, plain = session_with(None, None)._session, botocore.session.Session()
    for event in EVENTS:
        assert _handlers(ours, event) == _handlers(plain, event) != []


def test_what_one_session_registers_no_other_has() -> None:
    plain = botocore.session.Session()
    first, second = session_with(None, None)._session, session_with(None, None)._session
    for event in EVENTS:
        first.register(event, _added)
        assert _added in _handlers(first, event)
        later = session_with(None, None)._session
        assert _handlers(second, event) == _handlers(later, event) == _handlers(plain, event)


def _added(**_: Any) -> None:
    """A handler of one session."""
