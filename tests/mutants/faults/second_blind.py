"""A second batch of faults written without looking at the suite; each was run against all of it."""

# ruff: noqa: E501 - one line per mutant
from __future__ import annotations

from quilt_core import ConflictError

from ..harness import Mutant, answer, each, edit, evolve, swallow

MUTANTS = [
    Mutant("info rounds totals to kilobytes", "R-1", answer("get_package_info", evolve(total_bytes=lambda i: i.total_bytes // 1000 * 1000))),
    Mutant("versions repeat the message of the newest", "R-10", answer("list_package_versions", lambda a: [evolve(message=a[0].message)(v) for v in a])),
    Mutant("metadata of nested objects is flattened", "R-20", answer("get_package_metadata", lambda m: {k: next(iter(v.values()), None) if isinstance(v, dict) else v for k, v in m.items()})),
    Mutant("names with an underscore are hidden", "R-30", answer("list_all_packages", lambda a: [n for n in a if "_" not in n])),
    Mutant("diff reports everything as modified", "R-40", answer("diff_packages", lambda d: evolve(modified=d.modified + d.added)(d))),
    Mutant("browse hides files at the top", "W-4", answer("browse_content", lambda a: [i for i in a if "/" in i.path or i.physical_key is None])),
    Mutant("directory sizes count in 32 bits", "C-1", answer("browse_content", each(size=lambda i: i.size % 4 if i.physical_key is None else i.size))),
    Mutant("content URLs follow the base name", "C-22", edit("content", "entry = revision.entries.get(path)", "entry = {k.rpartition('/')[2]: e for k, e in revision.entries.items()}.get(path.rpartition('/')[2])")),
    Mutant("sorting hits by name ignores the namespace", "S-1", edit("search.order", "SearchOrder.NAME: (lambda info: info.name, False)", "SearchOrder.NAME: (lambda info: info.name.rpartition('/')[2], False)")),
    Mutant("search by time compares only days", "S-5", edit("search.conditions", "_within(info.modified, filters.modified_from, filters.modified_to)", "_within(info.modified.date(), filters.modified_from and filters.modified_from.date(), filters.modified_to and filters.modified_to.date())")),
    Mutant("OR is treated as AND", "S-2", edit("search", "wanted = parse_query(query)", 'wanted = parse_query(query.replace(" OR ", " AND "))')),
    Mutant("create replaces revisions with the same metadata", "W-15", edit("revisions", "package.revisions.append(revision)", "package.revisions[:] = [r for r in package.revisions if r.header.user_meta != revision.header.user_meta] + [revision]")),
    Mutant("update appends messages", "W-20", edit("revisions", "message=message,\n            user_meta", "message=message if start is None or message is None else message + '.',\n            user_meta")),
    Mutant("new entries get the metadata of those they replace", "W-85", edit("revisions", "meta={\"user_meta\": dict(entry.metadata)} if entry.metadata else {}", "meta={'user_meta': dict(entry.metadata)} if entry.metadata else next((r.entries[entry.logical_key].meta for p in self._session.catalog.packages.values() for r in p.revisions if entry.logical_key in r.entries), {})")),
    Mutant("conflicts are retried", "W-25", swallow("create_package_revision", None, ConflictError)),
    Mutant("copies are made once per object", "W-83", edit("revisions", "copied=len(tasks),", "copied=len({str(t.source) for t in tasks}),")),
    Mutant("deleting reports the first deleted revision as failed", "D-1", answer("delete_package", evolve(failed=lambda r: r.deleted[:1]))),
    Mutant("users are reported with the role Admin", "U-1", answer("admin_get_user", evolve(role="Admin"))),
    Mutant("roles of a user are unsorted", "U-2", answer("admin_add_user_roles", evolve(extra_roles=lambda u: u.extra_roles[::-1]))),
    Mutant("a policy's permissions are all read-write", "P-4", edit("access", "ordered = tuple(sorted(permissions, key=lambda one: one.bucket))", "import attrs as a\n        from quilt_core.domain.admin import BucketPermissionLevel\n        ordered = tuple(a.evolve(one, level=BucketPermissionLevel.READ_WRITE) for one in permissions)")),
    Mutant("a bucket is found by its title", "X-13", edit("registry_operations", "name=name,\n                title=configs[name].title", "name=name,\n                title=name.title()")),
    Mutant("an API key expires an hour too early", "X-10", answer("list_api_keys", each(name=lambda k: k.name.upper()))),
]  # fmt: skip
