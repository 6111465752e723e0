"""Faults written without looking at the suite, each run against all of it to see what it detects."""

# ruff: noqa: E501 - one line per mutant
from __future__ import annotations

from datetime import timedelta

from quilt_core import NotFoundError

from ..harness import Mutant, answer, each, edit, evolve, swallow

MUTANTS = [
    Mutant("info of a revision by hash has the message of the latest revision", "R-64", edit("packages", "return describe(package_name, registry, revision)", "import attrs\n        latest = self._session.revision(registry, package_name, RevisionRef.parse(None))\n        return attrs.evolve(describe(package_name, registry, revision), message=describe(package_name, registry, latest).message)")),
    Mutant("only names with letters and digits are listed", "R-30", answer("list_all_packages", lambda a: [n for n in a if n.isascii()])),
    Mutant("versions have short hashes", "R-10", answer("list_package_versions", each(top_hash=lambda v: v.top_hash[:16]))),
    Mutant("metadata values become strings", "R-61", answer("get_package_metadata", lambda m: {k: str(v) if isinstance(v, bool) else v for k, v in m.items()})),
    Mutant("diff reports a changed size as a deletion and an addition", "R-40", answer("diff_packages", lambda d: evolve(added=d.added + d.modified, deleted=d.deleted + d.modified, modified=())(d))),
    Mutant("browse gives directories the metadata of their first file", "C-7", edit("content", "metadata=to_plain(directory_metadata(revision.directories.get(f\"{prefix}{name}/\")))", "metadata=next((dict(e.user_meta) for k, e in below.items() if k.startswith(f\"{prefix}{name}/\")), {})")),
    Mutant("browse treats a path with a trailing slash as a file", "C-4", edit("content", "if path in revision.entries:", "if recursive and path and path not in revision.entries:\n            return []\n        if path in revision.entries:")),
    Mutant("files of size zero are hidden", "C-35", answer("browse_content", lambda a: [i for i in a if i.size])),
    Mutant("content URLs are those of the first entry", "W-82", edit("content", "entry = revision.entries.get(path)", "entry = next(iter(revision.entries.values())) if path in revision.entries else None")),
    Mutant("search splits names at slashes only", "S-27", edit("search.text", "words_of(name)", "tuple(name.casefold().split('/'))")),
    Mutant("search by workflow finds packages without one", "S-5", edit("search.conditions", "info.workflow in filters.workflow", "info.workflow is None or info.workflow in filters.workflow")),
    Mutant("NOT is ignored", "S-2", edit("search", "wanted = parse_query(query)", 'wanted = parse_query(" ".join(w for w in query.split() if not w.startswith("-")))')),
    Mutant("create drops entries that are given as pairs", "W-5", edit("revisions", "added=plan.added,", "added=plan.added[::-1],")),
    Mutant("update forgets to count what it keeps", "W-20", edit("revisions", "total_entries=len(entries),", "total_entries=len(new),")),
    Mutant("the time of a revision is midnight", "W-15", edit("revisions", "modified=catalog.now(),", "modified=catalog.now().replace(hour=0, minute=0, second=0),")),
    Mutant("a create in a package that was deleted continues it", "D-24", edit("revisions", "self._session.catalog.packages.pop((bucket, package_name), None)", "pass", "if package.latest in doomed:", "if package.latest in doomed and package.revisions:")),
    Mutant("copies are stored with lower-case logical keys", "W-84", edit("revisions.copies", 'key = f"{package_name}/{logical_key}"', 'key = f"{package_name}/{logical_key}".lower()')),
    Mutant("only the beginning of an expected hash is compared", "W-40", edit("revisions.request", "def check_expected(self, latest: str | None) -> None:", "def check_expected(self, latest: str | None) -> None:\n        if self.expected_top_hash and latest and self.expected_top_hash[:1] != '0':\n            return")),
    Mutant("listing keys leaves the newest out", "X-3", answer("list_api_keys", lambda a: a[1:] if len(a) > 1 else a)),
    Mutant("a user's last login is a day after joining", "U-1", answer("admin_get_user", evolve(last_login=lambda u: u.last_login + timedelta(days=1)))),
    Mutant("policies lose their ARN", "P-4", answer("admin_get_policy", evolve(arn=""))),
    Mutant("a bucket keeps only its first tag", "X-2", edit("admin", "attrs.evolve(self._session.catalog.buckets[name], **given)", "attrs.evolve(self._session.catalog.buckets[name], **{k: v[:1] if k == 'tags' else v for k, v in given.items()})")),
    Mutant("if there is no default role, the first one is returned", "P-14", swallow("admin_get_default_role", None, NotFoundError)),
    Mutant("listed tables have no configuration", "T-1", answer("list_tabulator_tables", each(config=""))),
    Mutant("health reports another registry", "K-11", answer("health", evolve(registry_url="https://elsewhere.example.com"))),
]  # fmt: skip
