"""Faults in reading packages: information, versions, metadata, listings, comparison."""

# ruff: noqa: E501 - one line per mutant
from __future__ import annotations

import unicodedata
from datetime import timedelta

from quilt_core import NotFoundError

from ..harness import Mutant, answer, each, edit, evolve, swallow

HOUR = timedelta(hours=1)

MUTANTS = [
    # Information
    Mutant("info lacks the message", "R-1", answer("get_package_info", evolve(message=None))),
    Mutant("info has only the first line of the message", "R-1", answer("get_package_info", evolve(message=lambda i: (i.message or "").splitlines()[0] or None))),
    Mutant("info lacks metadata", "R-1", answer("get_package_info", evolve(metadata={}))),
    Mutant("info has a short hash", "R-1", answer("get_package_info", evolve(top_hash=lambda i: i.top_hash[:8]))),
    Mutant("info is an hour off", "R-1", answer("get_package_info", evolve(modified=lambda i: i.modified + HOUR))),
    Mutant("info swaps counts", "R-1", answer("get_package_info", evolve(total_entries=lambda i: i.total_bytes, total_bytes=lambda i: i.total_entries))),
    Mutant("info names another registry", "R-1", answer("get_package_info", evolve(registry="s3://x-y-z"))),
    Mutant("info invents a workflow", "R-1", answer("get_package_info", evolve(workflow="default"))),
    Mutant("the newest revision is taken for the latest", "R-11", edit("session", 'wanted = package.latest or ""', "wanted = package.revisions[-1].top_hash")),
    Mutant("a hash in capitals is a different hash", "R-2", edit("session", "if revision.top_hash == wanted:", "if revision.top_hash == wanted and ref.kind is not RevisionKind.HASH:")),
    Mutant("a timestamp names the previous revision", "R-2", edit("session", "one.modified == time", "one.modified < time")),
    Mutant("a timestamp means the latest", "R-3", edit("session", "wanted = resolve_time(ref.value, hashes, name, registry)", 'wanted = package.latest or ""')),
    Mutant("an unknown revision means the latest", "R-3", edit("session", "raise revision_not_found(name, registry, ref.value)", "return package.revisions[-1]")),
    Mutant("an ambiguous prefix names the first match", "R-7", edit("session", "wanted = resolve_prefix(ref.value, hashes, name, registry)", 'wanted = next((one for one in hashes if one.startswith(ref.value)), "")')),
    Mutant("an ambiguous prefix names the newest match", "R-7", edit("session", "wanted = resolve_prefix(ref.value, hashes, name, registry)", 'wanted = next((one for one in reversed(list(hashes)) if one.startswith(ref.value)), "")')),
    Mutant("a time of several revisions names the first", "R-121", edit("session", "wanted = resolve_time(ref.value, hashes, name, registry)", 'wanted = next(hashes, "")')),
    Mutant("a time of several revisions names the newest", "R-121", edit("session", "wanted = resolve_time(ref.value, hashes, name, registry)", 'wanted = (["", *hashes])[-1]')),
    Mutant("a time of several revisions names none that exists", "R-121", edit("revisions.prefix", "if len(published) > 1:\n", "if len(published) > 1:\n        raise revision_not_found(package_name, registry, second)\n")),
    Mutant("a revision that was published twice in a second is ambiguous", "R-121", edit("revisions.prefix", "published = set(top_hashes)", "published = list(top_hashes)")),
    Mutant("a deletion of a time deletes all revisions of that second", "R-121", edit("revisions", "            if top_hash is not None:\n                doomed", "            if top_hash is not None and top_hash.kind.value == 'timestamp':\n                doomed = [one.top_hash for one in newest_first if one.modified.timestamp() == int(top_hash.value)]\n            elif top_hash is not None:\n                doomed")),
    Mutant("a hash is searched for in every package", "R-4", edit("session", "raise revision_not_found(name, registry, ref.value)", 'for other in self.catalog.packages.values():\n            for revision in other.revisions:\n                if revision.top_hash == wanted:\n                    return revision\n        raise revision_not_found(name, registry, ref.value)')),
    Mutant("packages of a hidden registry are read", "R-5", edit("session", "if self.level(bucket) is None:", "if bucket not in self.catalog.buckets:")),
    Mutant("anonymous users can read packages", "R-6", edit("session", 'return self.catalog.level(self.user(), bucket)', 'return self.catalog.level(self.identity or self.catalog.users["reader"], bucket)')),
    Mutant("totals go through a float", "R-25", answer("get_package_info", evolve(total_bytes=lambda i: int(float(i.total_bytes))))),
    Mutant("totals are limited to 32 bits", "R-25", answer("get_package_info", evolve(total_bytes=lambda i: i.total_bytes & 0xFFFFFFFF))),
    Mutant("no message is an empty message", "R-23", answer("get_package_info", evolve(message=lambda i: i.message or ""))),
    Mutant("an empty package is missing", "R-24", edit("session", "if found is None or not found.revisions:", "if found is None or not found.revisions[-1].entries:")),
    Mutant("info counts at most 10,000 entries", "R-44", answer("get_package_info", evolve(total_entries=lambda i: min(i.total_entries, 10_000)))),
    # Versions
    Mutant("versions are cut off after 100", "R-13", answer("list_package_versions", lambda a: a[:100])),
    Mutant("versions are cut off after 1,000", "R-13", answer("list_package_versions", lambda a: a[:1000])),
    Mutant("versions are oldest first", "R-10", answer("list_package_versions", lambda a: a[::-1])),
    Mutant("all versions are marked as latest", "R-10", answer("list_package_versions", each(is_latest=True))),
    Mutant("the newest version is marked as latest", "R-11", answer("list_package_versions", lambda a: [evolve(is_latest=n == 0)(one) for n, one in enumerate(a)])),
    Mutant("versions lack messages", "R-10", answer("list_package_versions", each(message=None))),
    Mutant("versions are an hour off", "R-10", answer("list_package_versions", each(modified=lambda v: v.modified + HOUR))),
    Mutant("a missing package has an empty list of versions", "R-3", swallow("list_package_versions", [], NotFoundError)),
    Mutant("a revision published twice is listed twice", "R-12", edit("packages", "ordered = sorted(newest.values()", "ordered = sorted(package.revisions")),
    Mutant("a revision published twice keeps its first time", "R-12", edit("packages", "newest = {one.top_hash: one for one in package.revisions}", "newest = {one.top_hash: one for one in reversed(package.revisions)}")),
    Mutant("versions are sorted by hash", "R-10", answer("list_package_versions", lambda a: sorted(a, key=lambda v: v.top_hash))),
    Mutant("versions of a hidden registry are listed", "R-60", edit("packages", "package = self._session.package(registry, package_name)", "package = self._session.catalog.packages.get((str(registry.bucket), package_name)) or self._session.package(registry, package_name)")),
    # Metadata
    Mutant("metadata is always empty", "R-20", answer("get_package_metadata", lambda m: {})),
    Mutant("metadata loses nulls", "R-20", answer("get_package_metadata", lambda m: {k: {n: [x for x in v if x is not None] for n, v in d.items()} for k, d in m.items()})),
    Mutant("metadata turns floats into integers", "R-20", answer("get_package_metadata", lambda m: {k: {n: [int(x) if isinstance(x, float) else x for x in v] for n, v in d.items()} for k, d in m.items()})),
    Mutant("metadata sorts its keys", "R-61", answer("get_package_metadata", lambda m: dict(sorted(m.items())))),
    Mutant("metadata drops keys whose value is null", "R-61", answer("get_package_metadata", lambda m: {k: v for k, v in m.items() if v is not None})),
    Mutant("metadata turns integers into floats", "R-61", answer("get_package_metadata", lambda m: {k: float(v) if type(v) is int else v for k, v in m.items()})),
    Mutant("metadata turns whole floats into integers", "R-61", answer("get_package_metadata", lambda m: {k: int(v) if type(v) is float and v.is_integer() else v for k, v in m.items()})),
    Mutant("metadata loses digits of large integers", "R-61", answer("get_package_metadata", lambda m: {k: int(float(v)) if type(v) is int else v for k, v in m.items()})),
    Mutant("metadata strips its keys", "R-61", answer("get_package_metadata", lambda m: {k.strip(): v for k, v in m.items()})),
    Mutant("metadata nests keys with dots", "R-61", answer("get_package_metadata", lambda m: {k.partition(".")[0] or k: v for k, v in m.items()})),
    Mutant("metadata in info drops nulls", "R-61", answer("get_package_info", evolve(metadata=lambda i: {k: v for k, v in i.metadata.items() if v is not None}))),
    Mutant("metadata in info turns integers into floats", "R-61", answer("get_package_info", evolve(metadata=lambda i: {k: float(v) if type(v) is int else v for k, v in i.metadata.items()}))),
    Mutant("metadata is always that of the latest revision", "R-21", edit("packages", "header = self._session.revision(registry, package_name, top_hash).header\n        return dict(to_plain(header.metadata))", "return dict(self._session.revision(registry, package_name, RevisionRef.parse(None)).header.metadata)")),
    Mutant("a missing package has empty metadata", "R-3", swallow("get_package_metadata", {}, NotFoundError)),
    Mutant("metadata is cut off after 65,535 characters", "R-22", answer("get_package_metadata", lambda m: {k: v[:65535] for k, v in m.items()})),
    Mutant("metadata is normalised", "R-61", answer("get_package_metadata", lambda m: {unicodedata.normalize("NFC", k): v for k, v in m.items()})),
    Mutant("metadata of a hidden registry is read", "R-60", edit("packages", "header = self._session.revision(registry, package_name, top_hash).header\n        return dict(to_plain(header.metadata))", "found = self._session.catalog.packages.get((str(registry.bucket), package_name))\n        return dict((found.revisions[-1] if found else self._session.revision(registry, package_name, top_hash)).header.metadata)")),
    # Listings
    Mutant("names are cut off after 100", "R-33", answer("list_all_packages", lambda a: a[:100])),
    Mutant("names are cut off after 1,000", "R-33", answer("list_all_packages", lambda a: a[:1000])),
    Mutant("names are in reverse order", "R-30", answer("list_all_packages", lambda a: a[::-1])),
    Mutant("names are listed twice", "R-30", answer("list_all_packages", lambda a: sorted(a + a))),
    Mutant("names are sorted without regard to case", "R-30", answer("list_all_packages", lambda a: sorted(a, key=str.casefold))),
    Mutant("names that differ in case are treated as one", "R-30", answer("list_all_packages", lambda a: sorted({n.casefold(): n for n in a}.values()))),
    Mutant("a pattern ignores case", "R-31", edit("packages", "matching.fits(name)", "name_pattern(pattern.casefold()).fits(name.casefold())")),
    Mutant("a pattern is searched within the name", "R-31", edit("packages", "matching.fits(name)", 'name_pattern(f"*{pattern}*").fits(name)')),
    Mutant("a pattern is ignored", "R-31", edit("packages", "if pattern is None:", "if True:")),
    Mutant("brackets in a pattern are a character set", "R-62", edit("packages", "matching.fits(name)", '__import__("fnmatch").fnmatchcase(name, pattern)')),
    Mutant("a hidden registry has an empty list of names", "R-5", swallow("list_all_packages", [], NotFoundError)),
    Mutant("names of every registry are listed", "R-63", edit("packages", "if key[0] == bucket and found.revisions", "if found.revisions")),
    # Comparison
    Mutant("diff swaps added and deleted", "R-42", answer("diff_packages", evolve(added=lambda d: d.deleted, deleted=lambda d: d.added))),
    Mutant("diff reports no modification", "R-40", answer("diff_packages", evolve(modified=()))),
    Mutant("diff is always empty", "R-40", answer("diff_packages", evolve(added=(), deleted=(), modified=()))),
    Mutant("diff ignores metadata", "R-40", edit("packages", "found = compare_entries(first.entries, second.entries)", "from msgspec import structs\n        found = compare_entries(*({k: structs.replace(e, meta={}) for k, e in one.entries.items()} for one in (first, second)))")),
    Mutant("diff compares only sizes", "R-40", edit("packages", "found = compare_entries(first.entries, second.entries)", "from msgspec import structs\n        from quilt_core.manifest import hash_bytes\n        found = compare_entries(*({k: structs.replace(e, hash=hash_bytes(bytes())) for k, e in one.entries.items()} for one in (first, second)))")),
    Mutant("diff compares physical keys", "R-41", edit("revisions.compare", "if differs(first[key], second[key])", "if differs(first[key], second[key]) or first[key].physical_key != second[key].physical_key")),
    Mutant("diff sorts paths as text", "R-40", edit("revisions.compare", "sorted(keys, key=sort_key)", "sorted(keys)")),
    Mutant("diff always compares with the latest revision", "R-44", edit("packages", "second = self._session.revision(registry, package2_name, package2_hash)", "second = self._session.revision(registry, package2_name, package1_hash)")),
    Mutant("diff treats a missing package as empty", "R-43", edit("packages", "second = self._session.revision(registry, package2_name, package2_hash)", "try:\n            second = self._session.revision(registry, package2_name, package2_hash)\n        except Exception:\n            second = first")),
    Mutant("diff is cut off after 10,000 entries", "R-44", edit("packages", "found = compare_entries(first.entries, second.entries)", "found = compare_entries(*(dict(list(one.entries.items())[:10_000]) for one in (first, second)))")),
    Mutant("diff reads a hidden registry", "R-60", edit("packages", "first = self._session.revision(registry, package1_name, package1_hash)", "own = self._session.catalog.packages.get((str(registry.bucket), package1_name))\n        first = own.revisions[-1] if own else self._session.revision(registry, package1_name, package1_hash)", "second = self._session.revision(registry, package2_name, package2_hash)", "own = self._session.catalog.packages.get((str(registry.bucket), package2_name))\n        second = own.revisions[-1] if own else self._session.revision(registry, package2_name, package2_hash)")),
]  # fmt: skip
