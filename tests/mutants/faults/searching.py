"""Faults in package search."""

# ruff: noqa: E501 - one line per mutant
from __future__ import annotations

from collections.abc import Generator
from typing import Any

from quilt_core import (
    AuthenticationError,
    NotFoundError,
    NotSupportedError,
    Registry,
    ValidationError,
    hookimpl,
)

from ..harness import Mutant, MutantEnvironment, answer, each, edit, refuse, swallow


class Refusing(MutantEnvironment):
    """The backend has no list of registries, and refuses to search all of them."""

    lists_registries = False

    def __init__(self, extensions: list[object]) -> None:
        super().__init__([Refusal(), *extensions])


class Refusal:
    """Refuses to search all registries."""

    @hookimpl(wrapper=True)
    def search_packages(self, registry: tuple[Registry, ...] | None) -> Generator[None, Any, Any]:
        answer = yield
        if registry is None:
            raise NotSupportedError("search_packages", "memory", "there is no list of registries")
        return answer


MUTANTS = [
    Mutant("search finds nothing", "S-1", answer("search_packages", lambda a: [])),
    Mutant("search returns hits twice", "S-1", answer("search_packages", lambda a: a + a)),
    Mutant("search returns no hashes", "S-1", answer("search_packages", each(top_hash=""))),
    Mutant("search returns no metadata", "S-1", answer("search_packages", each(metadata={}))),
    Mutant("search returns no sizes", "S-1", answer("search_packages", each(total_bytes=0))),
    Mutant("search returns times of another time zone", "S-1", answer("search_packages", each(modified=lambda i: i.modified.replace(hour=(i.modified.hour + 2) % 24)))),
    Mutant("hits are cut off after 100", "S-10", answer("search_packages", lambda a: a[:100])),
    Mutant("hits are cut off after 1,000", "S-10", answer("search_packages", lambda a: a[:1000])),
    Mutant("search returns hits in reverse order", "S-7", answer("search_packages", lambda a: a[::-1])),
    Mutant("search is case-sensitive", "S-2", edit("search.text", "word.casefold()", "word")),
    Mutant("search ignores messages", "S-2", edit("search.text", 'words_of(message or "")', 'words_of("")')),
    Mutant("search ignores metadata", "S-2", edit("search.text", '" ".join(_texts(metadata))', '""')),
    Mutant("search reads only the top level of metadata", "S-2", edit("search.text", '" ".join(_texts(metadata))', '" ".join(v for v in metadata.values() if isinstance(v, str))')),
    Mutant("search ignores names", "S-2", edit("search.text", "words_of(name)", '()')),
    Mutant("a malformed query finds everything", "S-3", edit("search", "wanted = parse_query(query)", "from quilt_core.search.query import Everything\n        try:\n            wanted = parse_query(query)\n        except Exception:\n            wanted = Everything()")),
    Mutant("search finds old revisions", "S-4", edit("search", "if not latest_only or revision.top_hash == package.latest:", "if True:")),
    Mutant("search finds the latest revisions only", "S-4", edit("search", "if not latest_only or revision.top_hash == package.latest:", "if revision.top_hash == package.latest:")),
    Mutant("search takes the newest revision for the latest", "S-20", edit("search", "revision.top_hash == package.latest:", "revision is package.revisions[-1]:")),
    Mutant("the name filter is ignored", "S-5", edit("search.conditions", "filters.name is None or", "True or")),
    Mutant("the minimum size is ignored", "S-5", edit("search.conditions", "filters.size_min, filters.size_max", "None, filters.size_max")),
    Mutant("the maximum size is exclusive", "S-5", edit("search.conditions", "value <= highest", "value < highest")),
    Mutant("the minimum size is exclusive", "S-21", edit("search.conditions", "value >= lowest", "value > lowest")),
    Mutant("the entry filter is ignored", "S-5", edit("search.conditions", "and _within(info.total_entries, filters.entries_min, filters.entries_max)", "")),
    Mutant("the hash filter is ignored", "S-5", edit("search.conditions", "filters.top_hash is None or", "True or")),
    Mutant("the workflow filter is ignored", "S-5", edit("search.conditions", "filters.workflow is None or", "True or")),
    Mutant("the message filter is ignored", "S-5", edit("search.conditions", "filters.message is None or", "True or")),
    Mutant("the time filter is ignored", "S-5", edit("search.conditions", "and _within(info.modified, filters.modified_from, filters.modified_to)", "")),
    Mutant("the time filter drops the time zone", "S-21", edit("search.conditions", "_within(info.modified, filters.modified_from, filters.modified_to)", "_within(info.modified, *(one and one.replace(tzinfo=info.modified.tzinfo) for one in (filters.modified_from, filters.modified_to)))")),
    Mutant("metadata predicates are ignored", "S-6", edit("search", "and fits_predicates(info, user_meta)", "")),
    Mutant("matching one of several predicates is enough", "S-22", edit("search.conditions", "return all(\n        any(_fits", "return not predicates or any(\n        any(_fits")),
    Mutant("a keyword matches a part of the value", "S-22", edit("search.conditions", "value in predicate.keywords", "any(word in value for word in predicate.keywords)")),
    Mutant("keywords ignore case", "S-22", edit("search.conditions", "value in predicate.keywords", "value.casefold() in [word.casefold() for word in predicate.keywords]")),
    Mutant("lists in metadata are not searched", "S-6", edit("search.conditions", "return list(metadata) if isinstance(metadata, (list, tuple)) else [metadata]", "return [metadata]")),
    Mutant("nested metadata is not found", "S-6", edit("search.conditions", 'pointer.removeprefix("/").split("/")', '[pointer.removeprefix("/")]')),
    Mutant("false is treated as a missing value", "S-6", edit("search.conditions", "isinstance(value, bool) and value is predicate.boolean", "bool(value) and value is predicate.boolean")),
    Mutant("true is treated as a number", "S-22", edit("search.conditions", "isinstance(value, (int, float)) and not isinstance(value, bool)", "isinstance(value, (int, float))")),
    Mutant("escapes in JSON pointers are not decoded", "S-22", edit("search.conditions", 'part.replace("~1", "/").replace("~0", "~")', "part")),
    Mutant("newest and oldest are swapped", "S-7", edit("search.order", "SearchOrder.NEWEST: (lambda info: info.modified, True)", "SearchOrder.NEWEST: (lambda info: info.modified, False)")),
    Mutant("name order ignores the direction", "S-7", edit("search.order", "SearchOrder.NAME_DESCENDING: (lambda info: info.name, True)", "SearchOrder.NAME_DESCENDING: (lambda info: info.name, False)")),
    Mutant("the limit is applied before the order", "S-7", edit("search", "return list(islice(in_order(scored, order), limit))", "return in_order(scored[:limit], order)")),
    Mutant("relevance is the order by time", "S-23", edit("search.order", "key=lambda item: (-item[0], -item[1].modified.timestamp())", "key=lambda item: -item[1].modified.timestamp()")),
    Mutant("the limit is ignored", "S-7", edit("search", "islice(in_order(scored, order), limit)", "in_order(scored, order)")),
    Mutant("the index does not learn of deletions", "S-8", edit("search", "in self._session.catalog.packages.items():", 'in vars(self._session.catalog).setdefault("index", {k: type(p)(list(p.revisions), p.latest) for k, p in self._session.catalog.packages.items()}).items():')),
    Mutant("if no registries are given, only the first is searched", "S-24", edit("search", "buckets = self._session.readable_buckets()", "buckets = self._session.readable_buckets()[:1]")),
    Mutant("if no registries are given, only the default one is searched", "S-24", edit("search", "buckets = self._session.readable_buckets()", 'buckets = ["memory-bucket"]')),
    Mutant("if no registries are given, hidden ones are searched, too", "S-25", edit("search", "buckets = self._session.readable_buckets()", "buckets = sorted(self._session.catalog.buckets)")),
    Mutant("of several registries only the first is searched", "S-24", edit("search", "for one in registry]", "for one in registry][:1]")),
    Mutant("anonymous users get an empty result of a package search", "S-28", swallow("search_packages", [], AuthenticationError)),
    Mutant("anonymous users get an empty result of an object search", "S-28", swallow("search_objects", [], AuthenticationError)),
    Mutant("without a list of registries nothing is found", "S-85", swallow("search_packages", [], NotSupportedError), Refusing),
    Mutant("without a list of registries the arguments are wrong", "S-85", refuse("search_packages", lambda error: ValidationError(error.message)), Refusing),
    Mutant("searching a hidden registry returns nothing", "S-9", swallow("search_packages", [], NotFoundError)),
    Mutant("a hidden registry is searched", "S-25", edit("search", "buckets = [self._session.reading(one) for one in registry]", "buckets = [str(one.bucket) for one in registry]")),
    Mutant("anonymous users can search", "S-25", edit("session", "return [bucket for bucket in sorted(self.catalog.buckets) if self.level(bucket)]", 'return sorted(self.catalog.buckets) if self.identity is None else [bucket for bucket in sorted(self.catalog.buckets) if self.level(bucket)]')),
]  # fmt: skip
