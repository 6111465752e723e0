"""A ninth batch of faults, written without looking at the others, that the suite let pass at first."""

# ruff: noqa: E501 - one line per mutant
from __future__ import annotations

from typing import Any

from ..harness import Mutant, answer, edit, evolve

_DIFFERS = "differs(first[key], second[key])"
_FILTERS = (
    "            if fits_filter(info, filters)\n            and fits_predicates(info, user_meta)\n"
)
_LATEST = "            package.revisions.append(revision)\n"


def shallow(value: Any, depth: int = 4) -> Any:
    """Metadata up to a given depth."""
    if not isinstance(value, dict):
        return value
    return {key: shallow(item, depth - 1) for key, item in value.items()} if depth else {}


MUTANTS = [
    Mutant("a message of spaces counts as no message", "R-23", answer("get_package_info", evolve(message=lambda i: i.message if (i.message or "").strip() else None))),
    Mutant("metadata is cut off at a certain depth", "R-61", answer("get_package_metadata", shallow)),
    Mutant("a package without entries is not listed", "R-24", edit("packages", "if key[0] == bucket and found.revisions)", "if key[0] == bucket and found.revisions and found.revisions[-1].entries)")),
    Mutant("a package without entries is not found", "R-24", answer("search_packages", lambda hits: [i for i in hits if i.total_entries])),
    Mutant("removed metadata is not a difference", "R-41", edit("revisions.compare", _DIFFERS, f"{_DIFFERS} and not (first[key].hash == second[key].hash and not second[key].user_meta)")),
    Mutant("a different order of keys is a difference", "R-41", edit("revisions.compare", _DIFFERS, f"{_DIFFERS} or str(first[key].user_meta) != str(second[key].user_meta)")),
    Mutant("hashes of two types are compared by their values", "R-41", edit("revisions.compare", _DIFFERS, "(first[key].hash and first[key].hash.value, first[key].size, first[key].user_meta) != (second[key].hash and second[key].hash.value, second[key].size, second[key].user_meta)")),
    Mutant("a directory counts each object once", "R-65", edit("content", "    sizes: dict[str, int] = {}\n", "    sizes: dict[str, int] = {}\n    seen = set()\n", "+ entry.size\n", "+ (0 if entry.physical_key in seen else entry.size)\n            seen.add(entry.physical_key)\n")),
    Mutant("an entry without a hash is not listed", "C-9", answer("browse_content", lambda items: [i for i in items if i.is_directory or i.hash])),
    Mutant("the key of a URL is decoded first", "C-20", edit("content", "entry = revision.entries.get(path)", "from urllib.parse import unquote\n        entry = revision.entries.get(unquote(path))")),
    Mutant("a limit counts packages", "S-35", edit("search", "        return list(islice(in_order(scored, order), limit))", "        hits = in_order(scored, order)\n        names = list(dict.fromkeys(i.name for i in hits))[:limit]\n        return [i for i in hits if i.name in names]")),
    Mutant("names are sorted by namespace, then by name", "S-35", edit("search.order", "SearchOrder.NAME: (lambda info: info.name, False)", "SearchOrder.NAME: (lambda info: info.name.split('/'), False)")),
    Mutant("matching either a filter or a predicate is enough", "S-35", edit("search", _FILTERS, "            if ((fits_filter(info, filters) or fits_predicates(info, user_meta)) if user_meta and not filters.is_empty else fits_filter(info, filters) and fits_predicates(info, user_meta))\n")),
    Mutant("packages that match the query need not match the filter", "S-35", edit("search", _FILTERS, "            if (fits_filter(info, filters) or query)\n            and fits_predicates(info, user_meta)\n")),
    Mutant("a dot in a metadata path leads to a nested key", "S-35", edit("search.conditions", 'pointer.removeprefix("/").split("/")', 'pointer.removeprefix("/").replace(".", "/").split("/")')),
    Mutant("a package that is created again has its old revisions", "D-24", edit("revisions", "        with self._session.catalog.lock:\n            package.revisions = [", "        former = list(package.revisions)\n        with self._session.catalog.lock:\n            package.revisions = [", "                self._session.catalog.packages.pop((bucket, package_name), None)\n", "                self._session.catalog.packages.pop((bucket, package_name), None)\n                vars(self._session.catalog).setdefault('gone', {})[bucket, package_name] = former\n", "setdefault((bucket, name), StoredPackage())", "setdefault((bucket, name), StoredPackage(vars(catalog).get('gone', {}).pop((bucket, name), [])))")),
    Mutant("force replaces the latest revision", "W-40", edit("revisions", _LATEST, "            if request.force and package.revisions:\n                package.revisions.pop()\n" + _LATEST)),
    Mutant("latest moves to the revision written last, not to the newest", "D-21", edit("revisions", "    found = max(revisions, key=lambda one: one.modified, default=None)\n", "    found = next(reversed(list(revisions)), None)\n")),
    Mutant("workflows of any registry are returned", "L-26", edit("revisions", "        config = self._session.catalog.workflows.get(self._session.reading(registry), {})\n", "        self._session.reading(registry)\n        config = next(iter(self._session.catalog.workflows.values()), {})\n")),
    Mutant("a schema is recognized by its name", "L-26", edit("revisions", 'schemas.get(rules.get("metadata_schema"), {}).get("url")', 'rules.get("metadata_schema")')),
    Mutant("the schema of metadata is used for entries", "L-26", edit("revisions", 'schemas.get(rules.get("entries_schema"), {})', 'schemas.get(rules.get("metadata_schema"), {})')),
    Mutant("buckets that can only be read are not searched for objects", "F-14", edit("objects", "buckets = self._session.readable_buckets()", "buckets = [b for b in self._session.readable_buckets() if self._session.level(b) is BucketPermissionLevel.READ_WRITE]")),
    Mutant("a whole bucket is listed by its first level", "F-1", edit("objects", "items = self._all(uri) if recursive else", "items = self._all(uri) if recursive and uri.prefix else")),
    Mutant("any role can be added", "U-5", edit("admin", "        user = self._find(name)\n        self._check_roles(*roles)\n", "        user = self._find(name)\n")),
    Mutant("further roles are not looked up", "U-5", edit("admin", "self._check_roles(role, *(extra_roles or ()))", "self._check_roles(role)")),
    Mutant("unknown policies are left out", "P-8", edit("access", "        ids = tuple(sorted(set(policies)))\n", "        ids = tuple(sorted(set(policies) & set(self._session.catalog.policies)))\n")),
    Mutant("an unmanaged policy accepts permissions", "P-8", edit("access", "if (permissions is not None and not policy.managed) or (arn and", "if (arn and")),
    Mutant("a new title is a new ARN", "P-8", edit("access", "arn=arn or policy.arn)\n        catalog.policies", "arn=arn or f'arn:aws:iam::memory:policy/{title}')\n        catalog.policies")),
    Mutant("linked data lose their nulls", "X-6", answer("admin_get_bucket", evolve(linked_data=lambda b: {k: v for k, v in b.linked_data.items() if v is not None} if b.linked_data else b.linked_data))),
    Mutant("a bucket whose title changed is not listed", "X-13", answer("list_buckets", lambda buckets: [b for b in buckets if b.title == b.name])),
    Mutant("an administrator's list ignores the filter by fingerprint", "X-11", edit("registry_operations", 'wanted = {"name": name, "fingerprint": fingerprint, "status": status}', 'wanted = {"name": name, "status": status}')),
    Mutant("an administrator's list ignores the filter by status", "X-11", edit("registry_operations", 'wanted = {"name": name, "fingerprint": fingerprint, "status": status}', 'wanted = {"name": name, "fingerprint": fingerprint}')),
    Mutant("the error does not name the key to revoke", "X-7", answer("revoke_api_key", evolve(subject=""))),
    Mutant("the error does not name the user to delete", "X-7", answer("admin_delete_user", evolve(subject=""))),
    Mutant("a push passes the default workflow", "T-34", edit("composition.push", '"workflow": request.workflow', '"workflow": DEFAULT_WORKFLOW')),
    Mutant("missing hidden files are not reported", "T-42", answer("verify_package", evolve(missing=lambda r: tuple(k for k in r.missing if not k.startswith("."))))),
]  # fmt: skip
