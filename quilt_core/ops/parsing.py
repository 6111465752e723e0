"""Turn arguments into value objects, once, before any hook is called."""

from __future__ import annotations

import json
import math
import posixpath
from collections.abc import Iterable, Mapping
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar

from quilt_core.domain.entries import (
    DEFAULT_WORKFLOW,
    NO_REVISION,
    CopyMode,
    CopyModeName,
    EntrySource,
    NewEntry,
    Workflow,
)
from quilt_core.domain.names import LATEST, Registry, RevisionKind, RevisionRef
from quilt_core.domain.search import NO_FILTER, MetadataPredicate, SearchFilter
from quilt_core.domain.uris import check_logical_key, check_new_key, is_unicode, parse_object_uri
from quilt_core.errors import ValidationError
from quilt_core.nesting import DEEPEST_METADATA, is_deeper

E = TypeVar("E", bound=Enum)
K = TypeVar("K")
T = TypeVar("T")

Sources = Iterable[str | EntrySource] | Mapping[str, str]
"""The forms that create and update accept: URIs, `EntrySource` objects, or a mapping of logical
keys to URIs.
"""


def parse_registry(given: str | Registry | None, default: Registry | None) -> Registry:
    """The registry that is meant; raises `ValidationError` if none is given or configured.

    It may have any scheme: the dispatcher refuses registries that the backend does not serve
    (`check_served`).
    """
    if isinstance(given, Registry):
        return given
    if given is not None:
        return _parse_registry(given) if isinstance(given, str) else Registry.parse(given)
    if default is None:
        raise ValidationError(
            "No registry is given.",
            hint="Name one, such as registry='s3://my-bucket', or configure a default: "
            "connect(registry=…), QUILT_DEFAULT_REGISTRY, or `registry` in a profile.",
        )
    return default


@lru_cache(maxsize=256)
def _parse_registry(text: str) -> Registry:
    # The same registry is given again and again, and parsing it costs more than the whole dispatch.
    return Registry.parse(text, schemes=None)


def parse_registries(
    given: str | Registry | Iterable[str | Registry] | None, default: Registry | None
) -> tuple[Registry, ...] | None:
    """The registries to search; None for all readable ones."""
    if given == "*" or (given is None and default is None):
        return None
    if given is None or isinstance(given, (str, Registry)):
        return (parse_registry(given, default),)
    listed = parse_list(given, "registry", "['s3://my-bucket']")
    registries = tuple(dict.fromkeys(parse_registry(one, default) for one in listed))
    if not registries:
        raise ValidationError("The list of registries is empty.", hint="Use '*' for all of them.")
    return registries


def parse_list(values: Iterable[T], name: str, example: str) -> Iterable[T]:
    """The values, if they are several; raises `ValidationError` for a single one or None."""
    if isinstance(values, str):
        raise ValidationError(f"`{name}` is one piece of text.", hint=f"Give a list: [{values!r}].")
    if isinstance(values, Iterable):
        return values
    raise ValidationError(f"{name}={values!r} is not a list.", hint=f"Give a list: {example}.")


def parse_mapping(values: Mapping[K, T], name: str) -> Mapping[K, T]:
    """The mapping; raises `ValidationError` for anything else."""
    if isinstance(values, Mapping):
        return values
    raise ValidationError(f"{name}={values!r} is not a mapping.")


def parse_sources(sources: Sources, *, auto_organize: bool) -> tuple[NewEntry, ...]:
    """The new entries, with logical keys; raises `ValidationError` for a bad URI or a key that
    occurs twice.
    """
    if isinstance(sources, (str, bytes)):
        raise ValidationError(
            "The URIs are one piece of text.", hint=f"Give a list: [{str(sources)!r}]."
        )
    if isinstance(sources, Mapping):
        sources = [EntrySource(uri, logical_key=key) for key, uri in sources.items()]
    entries: dict[str, NewEntry] = {}
    for source in parse_list(sources, "uris", "['s3://my-bucket/key']"):
        entry = _parse_source(source, auto_organize=auto_organize)
        twin = entries.setdefault(entry.logical_key, entry)
        if twin is not entry:
            raise ValidationError(
                f"{twin.uri} and {entry.uri} would both become {entry.logical_key!r}.",
                hint="Give logical keys: {'key': 'uri', …}, or auto_organize=True for whole paths.",
                context={"logical_key": entry.logical_key},
            )
    check_tree(entries, {key: str(entry.uri) for key, entry in entries.items()})
    return tuple(entries.values())


def _parse_source(source: str | EntrySource, *, auto_organize: bool) -> NewEntry:
    if isinstance(source, str):
        source = EntrySource(source)
    elif not isinstance(source, EntrySource):
        raise ValidationError(
            f"{source!r} is neither a URI nor an EntrySource.",
            hint="Give 's3://bucket/key', or EntrySource(uri, logical_key=…, metadata=…).",
        )
    uri = parse_object_uri(source.uri)
    key = source.logical_key
    if key is None:
        key = uri.key if auto_organize else uri.base_name
    return NewEntry(check_new_key(key), uri, parse_metadata(source.metadata, key))


def check_tree(keys: Iterable[str], names: Mapping[str, str]) -> None:
    """Raise `ValidationError` if a key is also a directory of another key; `names` are used in its
    message.
    """
    for key in keys:
        directory = posixpath.dirname(key)
        while directory:
            if directory in names:
                raise ValidationError(
                    f"{names[directory]} would become the file {directory!r}, and "
                    f"{names[key]} is below it as {key!r}.",
                    context={"logical_key": key},
                )
            directory = posixpath.dirname(directory)


def parse_metadata(
    metadata: Mapping[str, Any] | None, logical_key: str | None = None
) -> Mapping[str, Any] | None:
    """The metadata, if it is a JSON object, or None; raises `ValidationError` for anything else,
    and for more than `DEEPEST_METADATA` levels.

    `logical_key` names the file that has it; None stands for the package. An empty mapping counts
    as none: it would give another top hash without adding information. What is returned shares
    nothing with the caller's mapping, which may be changed afterwards; tuples become lists.
    """
    if metadata is None:
        return None
    if not isinstance(metadata, Mapping):
        raise ValidationError(f"Metadata is a mapping, not a {type(metadata).__name__}.")
    try:
        text = json.dumps(metadata, allow_nan=False, ensure_ascii=False)
        text.encode()
    except RecursionError:
        raise _too_deep(logical_key) from None
    except (TypeError, ValueError) as error:
        raise ValidationError(
            f"The metadata is not JSON: {error}.",
            hint="Use text, finite numbers, booleans, None, lists and dictionaries.",
        ) from error
    if is_deeper(metadata, DEEPEST_METADATA, text):
        raise _too_deep(logical_key)
    _check_keys(metadata)
    return json.loads(text) or None


def _too_deep(logical_key: str | None) -> ValidationError:
    whose = "the package" if logical_key is None else repr(logical_key)
    context: dict[str, Any] = {"limit": DEEPEST_METADATA}
    if logical_key is not None:
        context["logical_key"] = logical_key
    return ValidationError(
        f"The metadata of {whose} is nested more than {DEEPEST_METADATA} levels deep.",
        hint="Put what is inside into a file of the package, or into text.",
        context=context,
    )


def _check_keys(value: Any) -> None:
    # json.dumps would turn keys that are numbers into text, which does not come back as a number.
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                raise ValidationError(f"The metadata has the key {key!r}, which is not text.")
            _check_keys(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _check_keys(item)


def parse_message(message: str | None) -> str | None:
    """The commit message; raises `ValidationError` for messages that registries refuse, which are
    empty or not Unicode.
    """
    if message is None or (isinstance(message, str) and message and is_unicode(message)):
        return message
    raise ValidationError(
        f"{message!r} is not a commit message.", hint="Give text, or None for no message."
    )


def parse_copy(copy: CopyMode | CopyModeName | bool) -> CopyMode:
    """The copy mode: False and "none", True and "all", or "new"."""
    if isinstance(copy, bool):
        return CopyMode.ALL if copy else CopyMode.NONE
    return parse_enum(CopyMode, copy, "copy")


def parse_workflow(workflow: Workflow) -> Workflow:
    """The workflow; raises `ValidationError` for an empty id."""
    if workflow is None or workflow is DEFAULT_WORKFLOW or (isinstance(workflow, str) and workflow):
        return workflow
    raise ValidationError(
        f"{workflow!r} is not a workflow.",
        hint="Leave it out for the bucket's default, or pass None for none, or a workflow's id.",
    )


def parse_expected_top_hash(given: str | None) -> str | None:
    """The latest revision that the caller expects: a whole top hash, `NO_REVISION`, or None.

    Raises `ValidationError` for anything else, such as an abbreviated hash.
    """
    if given is None or given == NO_REVISION:
        return given
    try:
        found = RevisionRef.parse(given)
    except ValidationError:
        found = LATEST  # the error's hint names forms that are not taken here
    if found.kind is not RevisionKind.HASH:
        raise ValidationError(
            f"expected_top_hash={given!r} is not a whole top hash.",
            hint=f"Give the 64 digits that get_package_info shows, or {NO_REVISION!r}.",
        )
    return found.value


def parse_enum(kind: type[E], given: E | str, name: str) -> E:
    """The member of `kind` that is given, itself or by its value; raises `ValidationError` for
    anything else.
    """
    if isinstance(given, kind):
        return given
    try:
        return kind(given)
    except ValueError:  # also for what cannot be hashed
        values = ", ".join(repr(member.value) for member in kind)
        raise ValidationError(f"{name}={given!r} is not one of {values}.") from None


def parse_removals(remove: Iterable[str]) -> tuple[str, ...]:
    """The logical keys or directories to remove; raises `ValidationError` for a malformed one."""
    return tuple(
        dict.fromkeys(
            check_logical_key(key.rstrip("/") if isinstance(key, str) else key)
            for key in parse_list(remove, "remove", "['folder/file.csv']")
        )
    )


def parse_predicates(given: Iterable[MetadataPredicate]) -> tuple[MetadataPredicate, ...]:
    """Metadata predicates; raises `ValidationError` unless each has a path and one kind of
    condition.
    """
    predicates = tuple(parse_list(given, "user_meta", "[MetadataPredicate(path=…, text=…)]"))
    for predicate in predicates:
        if not isinstance(predicate, MetadataPredicate):
            raise ValidationError(f"{predicate!r} is not a MetadataPredicate.")
        if not isinstance(predicate.path, str) or not predicate.path.startswith("/"):
            raise ValidationError(
                f"{predicate.path!r} is not the path of a value: a JSON pointer begins with '/'.",
                hint=f"It looks like {f'/{predicate.path}'!r}.",
            )
        if len(predicate.kinds) != 1:
            raise ValidationError(
                f"{predicate!r} is not exactly one condition on one value.",
                hint="Give one kind of condition, such as keywords=['Adelie'].",
            )
        _check_bounds(predicate, "number_min", "number_max")
    return predicates


def parse_filter(given: SearchFilter | None) -> SearchFilter:
    """The conditions on packages; raises `ValidationError` for a bound that is not a number."""
    if given is None:
        return NO_FILTER
    if not isinstance(given, SearchFilter):
        raise ValidationError(f"filters={given!r} is not a SearchFilter.")
    _check_bounds(given, "size_min", "size_max", "entries_min", "entries_max")
    return given


def _check_bounds(condition: SearchFilter | MetadataPredicate, *names: str) -> None:
    """Raise `ValidationError` for a bound that a registry cannot compare: it has doubles."""
    for name in names:
        bound = getattr(condition, name)
        if bound is None:
            continue
        if isinstance(bound, bool) or not isinstance(bound, (int, float)):
            raise ValidationError(f"{name}={bound!r} is not a number.")
        try:
            is_exact = math.isfinite(bound) and float(bound) == bound
        except OverflowError:
            is_exact = False
        if not is_exact:
            raise ValidationError(
                f"{name}={bound!r} cannot be compared.",
                hint="A search compares numbers as doubles, which have all whole numbers up to "
                "2**53 and nothing that is infinite. A text is compared exactly.",
            )


def parse_limit(limit: int | None) -> int | None:
    """The maximum number of results; raises `ValidationError` if it is below 1."""
    if limit is None or (isinstance(limit, int) and not isinstance(limit, bool) and limit > 0):
        return limit
    raise ValidationError(f"limit={limit!r} is not a number above 0.", hint="None means all.")


def parse_count(value: int, name: str) -> int:
    """A number of rows or bytes; raises `ValidationError` if it is below 1."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise ValidationError(f"{name}={value!r} is not a number above 0.", hint="Give one, like 10.")


def parse_text(value: str, name: str, example: str) -> str:
    """A name; raises `ValidationError` unless it is text and not empty."""
    if isinstance(value, str) and value.strip():
        return value
    problem = "empty" if isinstance(value, str) else "not text"
    raise ValidationError(f"{name}={value!r} is {problem}.", hint=f"It looks like {example!r}.")


def parse_optional_text(value: str | None, name: str, example: str) -> str | None:
    """Like `parse_text`, for what may be left out."""
    return None if value is None else parse_text(value, name, example)


def parse_names(values: Iterable[str], name: str, example: str) -> tuple[str, ...]:
    """A list of names, each once; raises `ValidationError` if it is empty or contains an empty
    name.
    """
    names = parse_ids(values, name, example)
    if not names:
        raise ValidationError(f"`{name}` is empty.", hint=f"Give at least one, like {example!r}.")
    return names


def parse_ids(values: Iterable[str], name: str, example: str = "0b1e…") -> tuple[str, ...]:
    """Like `parse_names`, for a list that may be empty."""
    listed = parse_list(values, name, f"[{example!r}]")
    return tuple(dict.fromkeys(parse_text(value, name, example) for value in listed))


def parse_flag(value: bool, name: str) -> bool:
    """A boolean; raises `ValidationError` for anything else."""
    if isinstance(value, bool):
        return value
    raise ValidationError(f"{name}={value!r} is neither True nor False.")
