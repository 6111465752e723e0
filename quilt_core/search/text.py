"""What a query is held against: the fields of a revision or a document, as words and values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, Protocol

import attrs

from quilt_core.domain.packages import PackageInfo

_WORD = re.compile(r"\w+")

Value = str | bool | int | float | datetime


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, in order, without regard to case."""
    return tuple(word.casefold() for word in _WORD.findall(text))


@attrs.frozen
class Field:
    """A field: words are found by any word, values by the whole or by a range.

    Parameters
    ----------
    names
        The names by which a query may name it.
    words
        Its text, as words.
    values
        Its exact values; a time has a time zone.
    weight
        How much a match counts; 0 for a field that is searched only when it is named.
    """

    names: tuple[str, ...]
    words: tuple[str, ...] = ()
    values: tuple[Value, ...] = ()
    weight: float = 0.0


NAME = ("name", "ptr_name")
MESSAGE = ("message", "comment", "mnfst_message")
METADATA = ("metadata", "meta", "mnfst_metadata")
WORKFLOW = ("workflow", "workflow.id", "mnfst_workflow", "mnfst_workflow.id")
ENTRIES = ("entries", "key", "logical_key", "entry_lk")
TOP_HASH = ("top_hash", "hash", "mnfst_hash")
MODIFIED = ("modified", "last_modified", "mnfst_last_modified", "ptr_last_modified")
SIZE = ("size", "mnfst_stats.total_bytes")
COUNT = ("mnfst_stats.total_files",)


def extension_of(key: str) -> str:
    """The extension of an object's key with its dot, in lower case; two for a compressed file
    (`.tar.gz`); empty for none.
    """
    suffixes = PurePosixPath(key.lower()).suffixes
    return "".join(suffixes[-2:] if suffixes[-1:] == [".gz"] else suffixes[-1:])


class Fields(Protocol):
    """What a query is held against."""

    def named(self, name: str | None) -> Iterable[Field]:
        """The fields of a name; for None those that are searched without being named."""


@attrs.frozen
class SearchText:
    """Fields that are all there."""

    fields: tuple[Field, ...]

    def named(self, name: str | None) -> Iterator[Field]:
        """The fields of a name; for None those that are searched without being named."""
        for field in self.fields:
            if field.weight if name is None else name in field.names:
                yield field

    def only(self, name: str) -> SearchText:
        """The fields of a name alone."""
        return SearchText(tuple(self.named(name)))

    @classmethod
    def of_words(cls, text: str) -> SearchText:
        """One text without a name."""
        return cls((Field((), words_of(text), weight=1.0),))

    @classmethod
    def of(cls, info: PackageInfo, logical_keys: Iterable[str] = ()) -> SearchText:
        """A revision: name, message, metadata, workflow and logical keys are searched; hash, time,
        size in bytes and number of entries too when a query names them."""
        return cls.of_package(
            name=info.name,
            message=info.message,
            metadata=info.metadata,
            workflow=info.workflow,
            logical_keys=logical_keys,
            facts={
                TOP_HASH: info.top_hash,
                MODIFIED: info.modified,
                SIZE: info.total_bytes,
                COUNT: info.total_entries,
            },
        )

    @classmethod
    def of_package(
        cls,
        *,
        name: str,
        message: str | None,
        metadata: Any,
        workflow: str | None,
        logical_keys: Iterable[str],
        facts: Mapping[tuple[str, ...], Value | None],
    ) -> SearchText:
        """A revision in parts; `facts` are values by the names under which they are found."""
        known = ((names, value) for names, value in facts.items() if value is not None)
        return cls(
            (
                Field(NAME, words_of(name), (name,), 4.0),
                Field(MESSAGE, words_of(message or ""), (), 2.0),
                Field(METADATA, words_of(" ".join(_texts(metadata))), (), 1.5),
                Field(WORKFLOW, words_of(workflow or ""), (workflow,) if workflow else (), 1.0),
                Field(ENTRIES, tuple(w for key in logical_keys for w in words_of(key)), (), 0.5),
                *(Field(names, (), (value,)) for names, value in known),
            )
        )

    @classmethod
    def of_object(
        cls, key: str, *, content: str | None, size: int, modified: datetime, version: str | None
    ) -> SearchText:
        """An object: key, extension and content are searched; its size, time and version are found
        when a query names them."""
        extension = extension_of(key)
        return cls(
            (
                Field(("key", "key_text"), words_of(key), (key,), 4.0),
                Field(("ext",), words_of(extension), (extension,) if extension else (), 1.0),
                Field(("content",), words_of(content or ""), (), 1.0),
                Field(("size",), (), (size,)),
                Field(("modified", "last_modified", "updated"), (), (modified,)),
                Field(("version", "version_id"), (), () if version is None else (version,)),
            )
        )


def _texts(value: Any) -> Iterator[str]:
    """Keys and values of metadata, as text, in order; deep nesting takes no recursion."""
    waiting = [iter((value,))]
    while waiting:
        for one in waiting[-1]:
            if isinstance(one, Mapping):
                waiting.append(part for item in one.items() for part in item)
                break
            if isinstance(one, (list, tuple)):
                waiting.append(iter(one))
                break
            if one is not None:
                yield str(one)
        else:
            waiting.pop()
