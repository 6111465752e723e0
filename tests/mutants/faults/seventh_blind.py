"""A seventh batch of faults, written without looking at the others, that the suite let pass at
first."""

# ruff: noqa: E501 - one line per mutant
from __future__ import annotations

import attrs

from ..harness import Mutant, answer, each, edit, evolve, together

_APPEND = "            package.revisions.append(revision)\n"
_REVOKE = "        self._key(key_id, self._session.user().name)\n        del self._session.catalog.api_keys[key_id]"

MUTANTS = [
    Mutant("an underscore in a pattern matches any character", "R-62", edit("packages", "name_pattern(pattern)\n", "name_pattern(pattern.replace('_', '?'))\n")),
    Mutant("a pattern without wildcards matches the beginning of a name", "R-31", edit("packages", "name_pattern(pattern)\n", "name_pattern(pattern if '*' in pattern else pattern + '*')\n")),
    Mutant("an empty pattern counts as no pattern", "R-31", edit("packages", "if pattern is None:", "if not pattern:")),
    Mutant("a hash prefix is searched for in every package of the registry", "R-8", edit("session", "(one.top_hash for one in package.revisions)", "(one.top_hash for (b, _), p in self.catalog.packages.items() if b == registry.bucket for one in p.revisions)")),
    Mutant("a comparison ends after 1,000 entries that were added", "R-45", answer("diff_packages", evolve(added=lambda d: d.added[:1000]))),
    Mutant("a comparison ends after 1,000 entries that were deleted", "R-45", answer("diff_packages", evolve(deleted=lambda d: d.deleted[:1000]))),
    Mutant("a comparison ends after 1,000 entries that were modified", "R-45", answer("diff_packages", evolve(modified=lambda d: d.modified[:1000]))),
    Mutant("a comparison ends after 10,000 entries", "R-44", answer("diff_packages", evolve(added=lambda d: d.added[:10_000]))),
    Mutant("a name filter matches a part of the name", "S-30", edit("search.conditions", "matches_wildcard(info.name, filters.name)", "matches_wildcard(info.name, f'*{filters.name}*')")),
    Mutant("a name filter matches a word of the name", "S-30", edit("search.conditions", "matches_wildcard(info.name, filters.name)", "any(matches_wildcard(part, filters.name) for part in (info.name, *info.name.split('/')))")),
    Mutant("a name filter ignores case", "S-30", edit("search.conditions", "matches_wildcard(info.name, filters.name)", "matches_wildcard(info.name.lower(), filters.name.lower())")),
    Mutant("an underscore in a name filter matches any character", "S-30", edit("search.conditions", "matches_wildcard(info.name, filters.name)", "matches_wildcard(info.name, filters.name.replace('_', '?'))")),
    Mutant("an empty name counts as no filter", "S-30", edit("search.conditions", "(filters.name is None or ", "(not filters.name or ")),
    Mutant("the beginning of a top hash is enough for a filter", "S-30", edit("search.conditions", "info.top_hash == filters.top_hash", "info.top_hash.startswith(filters.top_hash)")),
    Mutant("only the first workflow of a filter is used", "S-31", edit("search.conditions", "info.workflow in filters.workflow)", "info.workflow in filters.workflow[:1])")),
    Mutant("a message filter matches a part of the message", "S-31", edit("search.conditions", '_text_fits(info.message or "", filters.message)', "filters.message.lower() in (info.message or '').lower()")),
    Mutant("a message filter matches names, too", "S-31", edit("search.conditions", '_text_fits(info.message or "", filters.message)', '_text_fits(f"{info.message} {info.name}", filters.message)')),
    Mutant("an underscore in a path matches any character", "C-11", edit("content", "if key.startswith(prefix)}", "if any(key.startswith(p) for p in ([prefix] if '_' not in prefix else [prefix.replace('_', c) for c in '_X']))}")),
    Mutant("a path without a slash matches as a prefix", "C-11", edit("content", 'prefix = f"{path}/" if path else ""\n        below', "prefix = path\n        below")),
    Mutant("a file's path ignores case", "C-11", edit("content", "        if path in revision.entries:\n            return [file_info(revision.entries[path])]", "        alike = {key.lower(): key for key in revision.entries}\n        if path.lower() in alike:\n            return [file_info(revision.entries[alike[path.lower()]])]")),
    Mutant("a removal also removes keys that begin in the same way", "W-30", edit("revisions.plan", "elif is_gone or key in wanted_gone", "elif is_gone or any(key.startswith(gone) for gone in wanted_gone)")),
    Mutant("a removal also removes the package's metadata", "W-30", edit("revisions.plan", "merge_metadata(user_meta, metadata),", "merge_metadata(None if removed else user_meta, metadata),")),
    Mutant("removing all entries also removes the metadata", "W-24", edit("revisions.plan", "merge_metadata(user_meta, metadata),", "merge_metadata(user_meta if kept or new else None, metadata),")),
    Mutant("a removal replaces the metadata instead of merging it", "W-30", edit("revisions.plan", "merge_metadata(user_meta, metadata),", "merge_metadata(None if removed and metadata else user_meta, metadata),")),
    Mutant("content that already exists is not published", "W-86", edit("revisions", _APPEND, _APPEND.replace("            package", "            if revision.top_hash not in [r.top_hash for r in package.revisions]:\n                package"))),
    Mutant("content that already exists is a conflict", "W-90", edit("revisions", _APPEND, "            if revision.top_hash in [r.top_hash for r in package.revisions]:\n                raise moved_on(name, registry, start, latest)\n" + _APPEND)),
    Mutant("content that another package has is reported as a conflict", "W-90", edit("revisions", _APPEND, "            if any(r.top_hash == revision.top_hash for p in catalog.packages.values() if p is not package for r in p.revisions):\n                raise moved_on(name, registry, start, latest)\n" + _APPEND)),
    Mutant("content that already exists gives two versions", "W-90", edit("packages", "newest = {one.top_hash: one for one in package.revisions}\n        ordered = sorted(newest.values(), key", "ordered = sorted(package.revisions, key")),
    Mutant("content that already exists has no previous revision", "W-90", edit("revisions", "previous_top_hash=start,\n            total", "previous_top_hash=None if start == revision.top_hash else start,\n            total")),
    Mutant("content that already exists is found twice", "W-90", edit("search", "for revision in newest.values():", "for revision in package.revisions:")),
    Mutant("the last of several revisions leaves an empty package", "D-30", together(edit("revisions", "            if not package.revisions:\n", "            if not package.revisions and top_hash is None:\n"), edit("packages", "if key[0] == bucket and found.revisions)", "if key[0] == bucket)"))),
    Mutant("a folder's listing includes folders that begin in the same way", "F-2", edit("objects", "items = self._all(uri) if recursive", "items = self._all(S3Prefix(uri.bucket, uri.prefix.rstrip('/'))) if recursive")),
    Mutant("object search is case-sensitive", "F-13", edit("objects", "if (score := wanted.score(_text_of(key, version, stored)))", "if query in key and (score := wanted.score(_text_of(key, version, stored)))")),
    Mutant("the first workflow becomes the default if there is none", "L-25", edit("revisions", 'is_default=key == config.get("default_workflow")', 'is_default=key == config.get("default_workflow", next(iter(config["workflows"])))')),
    Mutant("a workflow is not required unless it is stated explicitly", "L-25", edit("revisions", 'if config.get("is_workflow_required", True):', 'if config.get("is_workflow_required", False):')),
    Mutant("users see sorted tags", "X-13", answer("list_buckets", each(tags=lambda b: tuple(sorted(b.tags))))),
    Mutant("a deactivated user loses administrator rights", "U-11", edit("admin", "self._change(name, is_active=active)", "self._change(name, is_active=active, is_admin=active and self._find(name).is_admin)")),
    Mutant("the time of a configuration is that of the first one", "X-1", edit("admin", "timestamp=catalog.now()", "timestamp=before.timestamp or catalog.now()")),
    Mutant("an administrator's list accepts a part of an address", "X-11", edit("registry_operations", "return self._keys(None, user_email=email, **wanted)", "return [k for k in self._keys(None, **wanted) if email is None or email in k.user_email]")),
    Mutant("a key is revoked by its name, too", "X-11", edit("registry_operations", _REVOKE, "        for key in self._keys(self._session.user().name):\n            if key_id in (key.id, key.name):\n                key_id = key.id\n" + _REVOKE)),
    Mutant("all keys with the name of the revoked key are revoked", "X-11", edit("registry_operations", _REVOKE, _REVOKE.replace("self._key(key_id", "found = self._key(key_id").replace("del self._session.catalog.api_keys[key_id]", "for key in self._keys(self._session.user().name, name=found.name):\n            del self._session.catalog.api_keys[key.id]"))),
    Mutant("files of the same size are treated as equal", "T-23", edit("composition.uploads", "    if former.size != content.size or known is None", "    if former.size == content.size:\n        return FileChange.UNCHANGED\n    if known is None")),
    Mutant("a pushed object gets its current version", "T-30", edit("composition.uploads", "        info = self._calls.object_info(uri)\n", "        info = self._calls.object_info(S3Uri(uri.bucket, uri.key))\n")),
    Mutant("files whose paths begin in the same way are deleted, too", "T-41", edit("composition.download", 'inside = not self.path or key == self.path or key.startswith(f"{self.path}/")', "inside = key.startswith(self.path)")),
    Mutant("files that exist only in the folder are not reported below a path", "T-49", edit("composition.verify", 'if not path or key == path or key.startswith(f"{path}/")]', "if not path or key == path]")),
    Mutant("a dry run counts no bytes", "T-36", answer("download_package", lambda r: attrs.evolve(r, downloaded_bytes=0) if r.dry_run else r)),
]  # fmt: skip
