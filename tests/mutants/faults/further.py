"""Faults of all groups that were collected after the suite had grown, to see what it misses."""

# ruff: noqa: E501 - one line per mutant
from __future__ import annotations

from quilt_core import PermissionDeniedError

from ..harness import Mutant, answer, each, edit, evolve, swallow

COMPLETE = "new = [self._complete(entry, request.dry_run) for entry in plan.new]"

MUTANTS = [
    Mutant("the total counts each physical object once", "R-44", edit("packages", "total_entries=len(revision.entries)", "total_entries=len({e.physical_key for e in revision.entries.values()})")),
    Mutant("total bytes are those of the largest entry", "R-1", edit("packages", "sum(entry.size for entry in revision.entries.values())", "max((entry.size for entry in revision.entries.values()), default=0)")),
    Mutant("the number of versions counts for is_latest", "R-11", edit("packages", "is_latest=one.top_hash == package.latest", "is_latest=one is ordered[0]")),
    Mutant("a pattern with a slash only matches the second part", "R-31", edit("packages", "matching.fits(name)", 'name_pattern(pattern.rpartition("/")[2]).fits(name.rpartition("/")[2])')),
    Mutant("diff forgets entries below directories", "R-40", answer("diff_packages", evolve(deleted=lambda d: tuple(k for k in d.deleted if "/" not in k)))),
    Mutant("diff names the first package as the second, too", "R-42", answer("diff_packages", evolve(package2_name=lambda d: d.package1_name))),
    Mutant("a directory's size is its number of files", "C-1", edit("content", "sizes.get(name, 0) + entry.size", "sizes.get(name, 0) + 1")),
    Mutant("an empty path component means the top level", "C-4", edit("content", 'prefix = f"{path}/" if path else ""', 'prefix = f"{path}/" if path and any(k.startswith(path) for k in revision.entries) else ""')),
    Mutant("recursive listing below a directory gives relative paths", "C-5", edit("content", "return [file_info(below[key]) for key in sorted(below, key=sort_key)]", "import attrs\n            return [attrs.evolve(file_info(below[key]), path=key[len(prefix):]) for key in sorted(below, key=sort_key)]")),
    Mutant("the URL of an empty path part is guessed", "C-22", edit("content", "entry = revision.entries.get(path)", 'entry = revision.entries.get(path) or next((e for k, e in revision.entries.items() if k.endswith(f"/{path}")), None)')),
    Mutant("a search for a phrase also finds its words separately", "S-26", edit("search", "wanted = parse_query(query)", 'wanted = parse_query(query.replace(chr(34), ""))')),
    Mutant("the newest of equal names comes from another registry", "S-24", answer("search_packages", each(registry="s3://memory-bucket"))),
    Mutant("an entry given twice is kept once at its first place", "W-8", edit("revisions", COMPLETE, COMPLETE + "\n        new = list({one.physical_key: one for one in new}.values())")),
    Mutant("an update replaces by base name", "W-20", edit("revisions", "[*kept.entries, *new]", "[*(k for k in kept.entries if k.logical_key.rpartition('/')[2] not in ('b.txt',)), *new]")),
    Mutant("an update repeats the latest message", "W-20", edit("revisions", "message=message,\n            user_meta", "message=self._session.package(registry, name).revisions[-1].header.message if start else message,\n            user_meta")),
    Mutant("the previous hash is that of the newest revision", "W-76", answer("update_package_revision", evolve(previous_top_hash=lambda r: r.top_hash))),
    Mutant("deleting by timestamp deletes the package", "D-29", edit("revisions", "if top_hash is not None:", "if top_hash is not None and top_hash.kind.name != 'TIMESTAMP':")),
    Mutant("deleting keeps the time of the newest pointer", "D-21", edit("revisions", "found = max(revisions, key=lambda one: one.modified, default=None)", "found = max(revisions, key=lambda one: one.top_hash, default=None)")),
    Mutant("a reader gets an empty result of an update", "W-78", swallow("update_package_revision", None, PermissionDeniedError)),
    Mutant("a deactivated user keeps the tables", "U-13", edit("session", "if user is None or not user.is_active:", "if user is None:")),
    Mutant("a renamed table keeps its place in the list", "T-1", edit("registry_operations", "for key in sorted(tables) if key[0] == bucket", "for key in tables if key[0] == bucket")),
    Mutant("a key's expiry is counted from midnight", "X-12", edit("registry_operations", "expires_at=created + timedelta(days=expires_in_days)", "expires_at=created + timedelta(days=expires_in_days + 2)")),
]  # fmt: skip
