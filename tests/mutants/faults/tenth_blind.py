"""A tenth batch of faults, written without looking at the others, that the suite let pass at first."""

# ruff: noqa: E501 - one line per mutant
from __future__ import annotations

from ..harness import Mutant, answer, edit, evolve

_FOUND = "return sum((one.weight or 1.0) * self._count(one) for one in text.named(self.field))"
_SORTED = "found.sort(key=lambda item: key(item[1]), reverse=descending)"

MUTANTS = [
    Mutant("a star matches at least one character", "R-31", edit("packages", "name_pattern(pattern)\n", "name_pattern(pattern.replace('*', '?*'))\n")),
    Mutant("a revision that was published twice cannot be named by a prefix", "O-6", edit("session", "            wanted = resolve_prefix(", "            hashes = list(hashes)\n            if sum(one.startswith(ref.value) for one in hashes) > 1:\n                raise revision_not_found(name, registry, ref.value)\n            wanted = resolve_prefix(")),
    Mutant("empty lists of metadata become texts", "R-61", answer("get_package_metadata", lambda meta: {key: "[]" if item == [] else item for key, item in meta.items()})),
    Mutant("a directory has the metadata of its parent", "C-7", edit("content", 'directory_metadata(revision.directories.get(f"{prefix}{name}/"))', 'directory_metadata(revision.directories.get(f"{prefix}{name}/") or revision.directories.get(prefix))')),
    Mutant("deeply nested entries are missing", "C-6", edit("content", "if key.startswith(prefix)}", "if key.startswith(prefix) and key.count('/') < 6}")),
    Mutant("a phrase matches across fields", "S-26", edit("search.query", _FOUND, f"fields = list(text.named(self.field))\n        if len(self.words) > 1 and fields:\n            fields = [attrs.evolve(fields[0], words=tuple(w for one in fields for w in one.words))]\n        {_FOUND.replace('text.named(self.field)', 'fields')}")),
    Mutant("revisions of the same time are sorted by top hash when the oldest come first", "S-36", edit("search.order", _SORTED, f"{_SORTED}\n        if order is SearchOrder.OLDEST:\n            found.sort(key=lambda item: (item[1].modified, item[1].top_hash))")),
    Mutant("a minimum of 0 counts as no minimum", "S-21", edit("search.conditions", "if lowest is None and highest is None:", "if not lowest and highest is None:")),
    Mutant("a maximum of 0 bytes counts as no maximum", "S-21", edit("search.conditions", "filters.size_min, filters.size_max)", "filters.size_min, filters.size_max or None)")),
    Mutant("a maximum of 0 entries counts as no maximum", "S-21", edit("search.conditions", "filters.entries_min, filters.entries_max)", "filters.entries_min, filters.entries_max or None)")),
    Mutant("numbers are compared as integers", "S-21", edit("search.conditions", "return number and _within(value,", "return number and _within(int(value),")),
    Mutant("added keys are reported in the order of code points", "W-2", answer("create_package_revision", evolve(added=lambda r: tuple(sorted(r.added))))),
    Mutant("removed keys are reported in the order of code points", "W-30", answer("update_package_revision", evolve(removed=lambda r: tuple(sorted(r.removed))))),
    Mutant("a rollback accepts only hashes", "L-10", edit("revisions", "            wanted = self._session.revision(registry, package_name, top_hash).top_hash\n", "            if len(top_hash.value) == 10:\n                raise ValidationError('Name a hash.')\n            wanted = self._session.revision(registry, package_name, top_hash).top_hash\n")),
    Mutant("every object has the same tag", "F-4", answer("get_object_info", evolve(etag="tag"))),
    Mutant("the administration lists only buckets that can be read", "X-2", answer("admin_list_buckets", lambda buckets: [b for b in buckets if "hidden" not in b.name])),
    Mutant("an address loses its capitals", "U-11", answer("admin_create_user", evolve(email=lambda u: u.email.lower()))),
    Mutant("a configuration in JSON is refused", "X-1", edit("admin", 'if "version" not in config:', 'if "version" not in config or config.startswith("{"):')),
    Mutant("the configuration names another user as its author", "X-1", edit("admin", "uploader = self._session.admin().name", "uploader = self._session.admin().name and 'root'")),
    Mutant("a new name changes the ARN of the role", "P-1", edit("access", "arn=arn or role.arn, **changes", "arn=arn or (f'arn:aws:iam::memory:role/{name}' if name else role.arn), **changes")),
    Mutant("no key is valid for more than 364 days", "X-12", edit("registry_operations", "timedelta(days=expires_in_days)", "timedelta(days=min(expires_in_days, 364))")),
    Mutant("removed hidden files are not reported", "T-23", answer("push_package", evolve(removed=lambda r: tuple(k for k in r.removed if not k.startswith("."))))),
]  # fmt: skip
