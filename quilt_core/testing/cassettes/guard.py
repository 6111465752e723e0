"""Refuses to record with a configuration that does not scrub, and to replay with one that
guesses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from vcr.request import Request

from quilt_core.errors import ValidationError

_PROBE = "eyJwcm9iZSI6MX0.eyJwcm9iZSI6MX0.probe-of-scrubbing"
_HINT = (
    "Let the fixture vcr_config return cassette_config(…), whose parameters take what is to be "
    "replaced and kept, and give the marker vcr none of vcrpy's filters or matchers."
)


def check_configuration(merged: Mapping[str, Any], match_on: tuple[str, ...]) -> None:
    """Fail if vcrpy is about to use a configuration that `cassette_config` did not return.

    A fixture `vcr_config` of a user's own, or a marker with `before_record_request`, takes the
    place of the scrubbing silently. So the functions are tried out with a secret.

    Parameters
    ----------
    merged:
        vcrpy's configuration of one cassette, after fixtures and markers.
    match_on:
        The names of the matchers that are needed; more of them do no harm.

    Raises
    ------
    ValidationError
        Before anything is recorded or played.
    """
    lost = [
        what
        for what, is_kept in (
            ("the scrubbing of requests", _scrubs_requests(merged["before_record_request"])),
            ("the scrubbing of answers", _scrubs_answers(merged["before_record_response"])),
            ("matching on the body", _names(merged["match_on"]) >= set(match_on)),
        )
        if not is_kept
    ]
    if lost:
        raise ValidationError(
            f"The configuration of this cassette switches off {' and '.join(lost)}.", hint=_HINT
        )


def _names(matchers: list[Callable[..., Any]]) -> set[str]:
    return {matcher.__name__ for matcher in matchers}


def _scrubs_requests(change: Callable[[Any], Any]) -> bool:
    headers = {"Authorization": f"Bearer {_PROBE}", "X-Probe": _PROBE}
    body = f'{{"probe": "{_PROBE}"}}'.encode()
    # vcrpy's filters may change what they are given, or answer None for "do not record".
    kept = change(Request("POST", f"https://probe.invalid/?probe={_PROBE}", body, headers))
    return kept is None or _PROBE not in f"{kept.uri} {dict(kept.headers)} {kept.body!r}"


def _scrubs_answers(change: Callable[[Any], Any]) -> bool:
    answer = {
        "status": {"code": 200, "message": "OK"},
        "headers": {"Content-Type": ["application/json"], "X-Probe": [_PROBE]},
        "body": {"string": f'{{"probe": "{_PROBE}"}}'.encode()},
    }
    kept = change(answer)
    return kept is None or _PROBE not in repr(kept)
