"""Replace random ids and the time of recording by numbers, so that re-recording gives a small diff.

Ids and times are numbered when a cassette is saved, over all of its interactions, so that equal ids
stay equal and later times stay later.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

T = TypeVar("T")

_UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
_NUMBERED = re.compile(r"^00000000-0000-4000-8000-(\d{12})$")
_VERSION = re.compile(r"(?:versionId=|<VersionId>)([\w.-]{8,})")
_VERSION_HEADERS = frozenset({"x-amz-version-id", "x-amz-copy-source-version-id"})
_TIME = re.compile(r"\b(\d{4}-\d\d-\d\d)([T ])(\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)?(?![\d:])")
_HTTP_TIME = re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT")
_HTTP_FORMAT = "%a, %d %b %Y %H:%M:%S GMT"

BASE = datetime(2025, 1, 1, tzinfo=UTC)
"""The time at which a cassette says that it was recorded."""
_LONG = 20
"""The minimum length of the version id of an object."""
_RECENT = timedelta(days=1)
_FURTHEST = timedelta(days=3650)


class Stabiliser:
    """Rewrites the texts of one cassette.

    A text that occurs in a request before any answer contains it comes from the test, which sends
    it again when replaying, so it is kept.

    Parameters
    ----------
    exchanges:
        The texts of each request and of its answer, in order.
    now:
        The time of saving: times of the day before it are of the recording, later ones are
        deadlines that keep their distance in days; all others stay what they are.
    """

    def __init__(self, exchanges: Iterable[tuple[list[str], list[str]]], now: datetime) -> None:
        ids: _Said[str] = _Said(_ids)
        times: _Said[datetime] = _Said(_times)
        for request, answer in exchanges:
            for said in (ids, times):
                said.note(request, answer)
        self._now = now
        self._ids = dict(_numbered(ids.answered))
        self._times = dict(_moved(times.answered, now))
        self._pattern = re.compile("|".join(map(re.escape, self._ids))) if self._ids else None

    def __call__(self, text: str) -> str:
        """The text with numbered ids and times."""
        return _TIME.sub(self._time, _HTTP_TIME.sub(self._http_time, self.ids(text)))

    def ids(self, text: str) -> str:
        """The text with numbered ids, and its times as they are."""
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda found: self._ids[found.group()], text)

    def clock(self, text: str) -> str:
        """The time of an answer, among the moved times: in the same second as the newest whole
        second before it, which may be a pointer's, or after that second, as it was.
        """
        moment = datetime.fromisoformat(text)
        if abs(moment - self._now) > _RECENT:
            return text
        whole = [one for one in self._times if not one.microsecond and one <= moment]
        if not whole:
            return BASE.isoformat()
        newest = max(whole)
        is_same_second = moment - newest < timedelta(seconds=1)
        passed = timedelta(milliseconds=500) if is_same_second else timedelta(seconds=1)
        return (self._times[newest] + passed).isoformat(timespec="milliseconds")

    def _time(self, found: re.Match[str]) -> str:
        moment = _parsed(found)
        moved = None if moment is None else self._times.get(moment)
        if moved is None:
            return found.group()
        fraction = found[4] and "." + "0" * (len(found[4]) - 1)
        offset = found[5] or ""
        if offset not in ("", "Z"):
            offset = "+00:00"
        return f"{moved:%Y-%m-%d}{found[2]}{moved:%H:%M:%S}{fraction or ''}{offset}"

    def _http_time(self, found: re.Match[str]) -> str:
        moved = self._times.get(_http(found.group()))
        return found.group() if moved is None else f"{moved:{_HTTP_FORMAT}}"


class _Said(Generic[T]):
    """The texts that occurred first in answers, in order."""

    def __init__(self, find: Callable[[str], Iterable[T]]) -> None:
        self._find = find
        self._asked: set[T] = set()
        self.answered: dict[T, None] = {}

    def note(self, request: list[str], answer: list[str]) -> None:
        """Search an exchange."""
        self._asked.update(one for one in self._all(request) if one not in self.answered)
        for one in self._all(answer):
            if one not in self._asked:
                self.answered.setdefault(one)

    def _all(self, texts: list[str]) -> Iterator[T]:
        return (one for text in texts for one in self._find(text))


def _ids(text: str) -> list[str]:
    versions = (one for one in _VERSION.findall(text) if len(one) >= _LONG)
    return list(dict.fromkeys([*_UUID.findall(text), *versions]))


def _numbered(ids: Iterable[str]) -> Iterator[tuple[str, str]]:
    ids = list(ids)
    taken = [int(found[1]) for found in map(_NUMBERED.match, ids) if found]
    fresh = [one for one in ids if not _NUMBERED.match(one)]
    for number, one in enumerate(fresh, max(taken, default=0) + 1):
        yield one, f"00000000-0000-4000-8000-{number:012}"


def _moved(moments: Iterable[datetime], now: datetime) -> Iterator[tuple[datetime, datetime]]:
    recent = 0
    for moment in sorted(moments):
        distance = moment - now
        if abs(distance) <= _RECENT:
            yield moment, BASE + timedelta(seconds=recent)
            recent += 1
        elif timedelta() < distance <= _FURTHEST:
            yield moment, BASE + timedelta(days=round(distance / timedelta(days=1)))


def _times(text: str) -> Iterable[datetime]:
    for found in _TIME.finditer(text):
        moment = _parsed(found)
        if moment is not None:
            yield moment
    yield from map(_http, _HTTP_TIME.findall(text))


def _http(text: str) -> datetime:
    return datetime.strptime(text, _HTTP_FORMAT).replace(tzinfo=UTC)


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
    """Every text in nested lists and mappings, in order.

    The id of a version that stands alone in a header is given as URLs name it, so that it is
    known for what it is whatever it looks like.
    """
    return list(_texts_in(value, ""))


def _texts_in(value: Any, name: str) -> Iterator[str]:
    if isinstance(value, str):
        yield f"versionId={value}" if name in _VERSION_HEADERS else value
    elif isinstance(value, list):
        for item in value:
            yield from _texts_in(item, name)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts_in(item, str(key).lower())
