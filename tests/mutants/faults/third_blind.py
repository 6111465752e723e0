"""A third batch of faults written without looking at the suite; each was run against all of it."""

# ruff: noqa: E501 - one line per mutant
from __future__ import annotations

from datetime import UTC, timedelta, timezone

from ..harness import Edit, Mutant, answer, each, edit, evolve

MUTANTS = [
    Mutant("times of versions are in another time zone", "R-10", answer("list_package_versions", each(modified=lambda v: v.modified.astimezone(timezone(timedelta(hours=2))).replace(tzinfo=UTC)))),
    Mutant("a revision that was published twice is listed as two versions", "R-12", edit("packages", "newest = {one.top_hash: one for one in package.revisions}\n        ordered = sorted(newest.values()", "ordered = sorted(package.revisions")),
    Mutant("a question mark also matches no character", "R-31", Edit("quilt_core.wildcards", (("Wild.ONE: Step()}", "Wild.ONE: Step(optional=True)}"),))),
    Mutant("entries of the same size are treated as equal", "R-40", edit("revisions.compare", "if differs(first[key], second[key])", "if first[key].size != second[key].size")),
    Mutant("answers share metadata with the store", "R-67", edit("packages", "header = self._session.revision(registry, package_name, top_hash).header\n        return dict(to_plain(header.metadata))", "return dict(self._session.revision(registry, package_name, top_hash).header.metadata)")),
    Mutant("a recursive listing includes directories", "R-44", edit("content", "return [file_info(below[key]) for key in sorted(below, key=sort_key)]", "return _level(revision, prefix, below) + [file_info(below[key]) for key in sorted(below, key=sort_key) if '/' in key[len(prefix):]]")),
    Mutant("a limit is applied before sorting", "S-7", edit("search", "list(islice(in_order(scored, order), limit))", "list(in_order(scored[:limit], order))")),
    Mutant("messages are cut off after 1,000 characters", "W-88", edit("revisions", "message=message,\n            user_meta", "message=message and message[:1000],\n            user_meta")),
    Mutant("a revision that already exists is not written again", "W-86", edit("revisions", "package.revisions.append(revision)", "if all(one.top_hash != revision.top_hash for one in package.revisions):\n                package.revisions.append(revision)")),
    Mutant("a key that is both removed and given is removed", "W-87", edit("revisions", "[*kept.entries, *new]", "[*kept.entries, *(one for one in new if one.logical_key not in request.remove)]")),
    Mutant("deleted revisions are named by short hashes", "D-1", answer("delete_package", evolve(deleted=lambda r: tuple(one[:12] for one in r.deleted)))),
    Mutant("a deactivated user loses further roles", "U-11", edit("admin", "is_active=active)", "is_active=active, **({} if active else {'extra_roles': ()}))")),
    Mutant("a changed policy gets a new id", "P-4", answer("admin_update_policy", evolve(id=lambda p: f"{p.id}-2"))),
    Mutant("buckets are in the order of their titles", "B-1", answer("list_buckets", lambda a: sorted(a, key=lambda b: b.title, reverse=True))),
    Mutant("every URL is accepted as a catalog", "K-3", edit("registry_operations", "if catalog_url not in (None, catalog.catalog_url):", "if False:")),
    Mutant("a prefix of one digit is searched for at the end", "R-7", edit("session", "hashes = (one.top_hash for one in package.revisions)", "hashes = (one.top_hash for one in package.revisions[-1:])")),
    Mutant("package names are found without regard to case", "R-66", edit("session", "found = self.catalog.packages.get((self.reading(registry), name))", "found = next((p for (b, n), p in self.catalog.packages.items() if b == self.reading(registry) and str(n).casefold() == str(name).casefold()), None)")),
    Mutant("the total of bytes counts a repeated object once", "R-65", edit("packages", "sum(entry.size for entry in revision.entries.values())", "sum({entry.physical_key: entry.size for entry in revision.entries.values()}.values())")),
]  # fmt: skip
