"""The message if a request is not in the cassette.

vcrpy's own message advises to loosen `match_on`, to use `before_record_request` and to record new
episodes: the first two switch off what `cassette_config` is for, and the third mixes recordings.
"""

from __future__ import annotations

from typing import Any

from quilt_core.testing.cassettes.matching import operation_name

_REASONS = {
    "cassette_not_found": "there is no such cassette",
    "already_played": "each recorded interaction that matches was played already",
    "no_match": "no recorded interaction matches",
    "nothing_similar": "nothing similar was recorded",
}
_SHOWN = 2
_ADVICE = """\
What to do:
  * If the code under test is meant to make this request now, record the cassette again:
    pytest --record-mode=rewrite, for this test, with the addresses and tokens of recording.
  * If the difference is one of places (an address, a bucket, a user), give it to cassette_config
    as a replacement.
  * If it changes on every run (a time, a random name), let the test give a fixed one."""


def describe_mismatch(
    cassette: Any, request: Any, similar: list[tuple[Any, Any, Any]], reason: str
) -> str:
    """The message; it contains no secrets, because the request is scrubbed first.

    Parameters
    ----------
    cassette:
        vcrpy's.
    request:
        The request that cannot be played, as it was sent.
    similar:
        The recorded requests that come closest, each with the matchers that succeeded and those
        that failed, with their messages.
    reason:
        vcrpy's description of the problem.
    """
    lines = [
        f"{_said(cassette.filter_request(request))} cannot be played back: {_REASONS[reason]}."
    ]
    lines.append(f"Cassette: {cassette._path} ({cassette.play_count} of {len(cassette)} played)")
    if reason == "no_match":
        for recorded, _, failed in similar[:_SHOWN]:
            lines.append(f"Closest: {_said(recorded)}, which differs:")
            lines += [f"  {line}" for _, message in failed for line in message.splitlines()]
    return "\n".join([*lines, _ADVICE])


def _said(request: Any) -> str:
    if request is None:
        return "This request"
    name = operation_name(request)
    return f"{request.method} {request.uri}" + (f" ({name})" if name else "")
