"""Numbers in the place of random ids and of the time of recording: a small diff next time.

Ids and times are numbered when a cassette is saved, over all of its interactions, so that what
was equal stays equal and what was later stays later.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

_UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
_NUMBERED = re.compile(r"^00000000-0000-4000-8000-(\d{12})$")
_VERSION = re.compile(r"(?:versionId=|<VersionId>)([\w.-]{8,})")
_TIME = re.compile(r"\b(\d{4}-\d\d-\d\d)([T ])(\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)?(?![\d:])")
_HTTP_TIME = re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT")
_HTTP_FORMAT = "%a, %d %b %Y %H:%M:%S GMT"

BASE = datetime(2025, 1, 1, tzinfo=UTC)
"""The time at which a cassette says that it was recorded."""
_RECENT = timedelta(days=1)
_FURTHEST = timedelta(days=3650)


class Stabiliser:
    """Rewrites the texts of one cassette.

    Parameters
    ----------
    texts:
        All texts of the cassette, in order.
    now:
        The time of saving: times of the day before it are of the recording, later ones are
        deadlines that keep their distance in days; all others stay what they are.
    """

    def __init__(self, texts: Iterable[str], now: datetime) -> None:
        self._now = now
        self._ids: dict[str, str] = {}
        moments: set[datetime] = set()
        taken, fresh = 0, []
        for text in texts:
            for found in [*_UUID.findall(text), *_VERSION.findall(text)]:
                numbered = _NUMBERED.match(found)
                if numbered:
                    taken = max(taken, int(numbered[1]))
                elif _UUID.fullmatch(found) or len(found) >= 20:
                    fresh.append(found)
            moments.update(filter(self._is_recent, _times(text)))
        for number, found in enumerate(dict.fromkeys(fresh), taken + 1):
            self._ids[found] = f"00000000-0000-4000-8000-{number:012}"
        self._seconds = {moment: rank for rank, moment in enumerate(sorted(moments))}
        self._pattern = re.compile("|".join(map(re.escape, self._ids))) if self._ids else None

    def __call__(self, text: str) -> str:
        """The text with numbered ids and times."""
        if self._pattern is not None:
            text = self._pattern.sub(lambda found: self._ids[found.group()], text)
        text = _HTTP_TIME.sub(self._http_time, text)
        return _TIME.sub(self._time, text)

    def _is_recent(self, moment: datetime) -> bool:
        return abs(self._now - moment) <= _RECENT

    def _moved(self, moment: datetime) -> datetime | None:
        if self._is_recent(moment):
            return BASE + timedelta(seconds=self._seconds[moment])
        distance = moment - self._now
        if timedelta() < distance <= _FURTHEST:
            return BASE + timedelta(days=round(distance / timedelta(days=1)))
        return None

    def _time(self, found: re.Match[str]) -> str:
        moment = _parsed(found)
        moved = None if moment is None else self._moved(moment)
        if moved is None:
            return found.group()
        fraction = found[4] and "." + "0" * (len(found[4]) - 1)
        offset = found[5] or ""
        if offset not in ("", "Z"):
            offset = "+00:00"
        return f"{moved:%Y-%m-%d}{found[2]}{moved:%H:%M:%S}{fraction or ''}{offset}"

    def _http_time(self, found: re.Match[str]) -> str:
        moved = self._moved(datetime.strptime(found.group(), _HTTP_FORMAT).replace(tzinfo=UTC))
        return found.group() if moved is None else f"{moved:{_HTTP_FORMAT}}"


def _times(text: str) -> Iterable[datetime]:
    for found in _TIME.finditer(text):
        moment = _parsed(found)
        if moment is not None:
            yield moment
    for one in _HTTP_TIME.findall(text):
        yield datetime.strptime(one, _HTTP_FORMAT).replace(tzinfo=UTC)


def _parsed(found: re.Match[str]) -> datetime | None:
    try:
        moment = datetime.fromisoformat(found.group())
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def map_texts(value: Any, change: Callable[[str], str]) -> Any:
    """Change every text in nested lists and mappings; keys and bytes stay."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [map_texts(item, change) for item in value]
    if isinstance(value, dict):
        return {key: map_texts(item, change) for key, item in value.items()}
    return value


def texts_in(value: Any) -> list[str]:
    """Every text in nested lists and mappings, in order."""
    found: list[str] = []

    def note(text: str) -> str:
        found.append(text)
        return text

    map_texts(value, note)
    return found
