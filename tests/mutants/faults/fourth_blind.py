"""A fourth batch of faults written without looking at the suite, which let these pass at first."""

# ruff: noqa: E501 - one line per mutant
from __future__ import annotations

import attrs

from quilt_core.manifest import ManifestEntry

from ..harness import Mutant, Replaced, answer, edit


def _by_whole_metadata(one: ManifestEntry, other: ManifestEntry) -> bool:
    return one.hash != other.hash or one.size != other.size or one.meta != other.meta


MUTANTS = [
    Mutant("a timestamp names the newest revision at or before that time", "R-3", edit("session", "wanted = resolve_time(ref.value, hashes, name, registry)", "wanted = next((one.top_hash for one in reversed(package.revisions) if one.modified <= time), \"\")")),
    Mutant("revisions of the same time are sorted by top hash, descending", "R-68", edit("packages", "key=lambda one: (-one.modified.timestamp(), one.top_hash))", "key=lambda one: (one.modified, one.top_hash), reverse=True)")),
    Mutant("the whole metadata is compared, including keys beside user_meta", "R-41", Replaced("quilt_core.revisions.compare.differs", _by_whole_metadata)),
    Mutant("descending names reverse the ties as well", "S-29", edit("search.order", "        found.sort(key=lambda item: key(item[1]), reverse=descending)", "        found.sort(key=lambda item: (key(item[1]), item[1].registry, item[1].top_hash), reverse=descending)")),
    Mutant("an existing package keeps the metadata of its directories", "W-4", edit("revisions", "            return self._publish(request, request.plan_create(), start, directories={})", "            old = self._session.catalog.packages.get((registry.bucket, package_name))\n            return self._publish(request, request.plan_create(), start, directories=old.revisions[-1].directories if old else {})")),
    Mutant("the workflow of the previous revision is kept if none is named", "L-23", edit("revisions", "            plan = request.plan_update(start.entries.values(), start.header.metadata_if_any)", "            plan = request.plan_update(start.entries.values(), start.header.metadata_if_any)\n            if request.workflow is DEFAULT_WORKFLOW and start.header.workflow_id:\n                request = attrs.evolve(request, workflow=start.header.workflow_id)")),
    Mutant("a required message may be empty if the workflow is the default", "L-23", edit("revisions", "        if rules.get(\"is_message_required\") and not request.message:", "        if workflow is not DEFAULT_WORKFLOW and rules.get(\"is_message_required\") and not request.message:")),
    Mutant("a promotion takes the directory metadata of the latest revision", "L-6", edit("revisions", "return self._publish(request, plan, start, directories=source.directories)", "return self._publish(request, plan, start, directories=self._session.revision(registry, package_name, RevisionRef.parse(None)).directories)")),
    Mutant("the promoted package loses the metadata of directories", "L-6", edit("revisions", "return self._publish(request, plan, start, directories=source.directories)", "return self._publish(request, plan, start, directories={})")),
    Mutant("the existing entries of the destination are kept", "L-2", edit("revisions", "            plan = plan_promotion(source.entries.values(), header.metadata_if_any)", "            there = self._session.catalog.packages.get((str(destination.bucket), new_name))\n            old = there.revisions[-1].entries if there else {}\n            plan = plan_promotion({**old, **source.entries}.values(), header.metadata_if_any)")),
    Mutant("workflows are sorted by id", "L-20", answer("list_workflows", lambda ws: sorted(ws, key=lambda w: w.id))),
    Mutant("one level leaves out an object whose key is that of the folder", "F-2", edit("objects", "            if not slash:\n", "            if not slash and name:\n")),
    Mutant("limit counts objects only, not folders", "F-2", edit("objects", "        return list(islice(items, limit))\n\n    @hookimpl\n    def get_object_info", "        items = list(items)\n        return [i for n, i in enumerate(items) if limit is None or sum(not j.is_prefix for j in items[:n]) < limit]\n\n    @hookimpl\n    def get_object_info")),
    Mutant("buckets are sorted by relevance, then by name", "X-13", answer("list_buckets", lambda bs: sorted(bs, key=lambda b: (-b.relevance_score, b.name)))),
    Mutant("the configuration of a deleted table comes back empty", "T-1", answer("delete_tabulator_table", lambda t: attrs.evolve(t, config=""))),
    Mutant("the filter by name accepts a part of the name", "X-10", edit("registry_operations", "getattr(key, name) == value for", "(value in getattr(key, name) if name == 'name' else getattr(key, name) == value) for")),
    Mutant("an empty list of policies is taken as unchanged", "P-12", edit("access", "ids = role.policies if policies is None else", "ids = role.policies if not policies else")),
    Mutant("the fallback becomes active although the active role stays", "U-14", edit("admin", "active = user.role if user.role not in roles else fallback or next(iter(left), None)", "active = fallback or (user.role if user.role not in roles else next(iter(left), None))")),
    Mutant("removing a bucket deletes its objects as well", "X-14", edit("admin", "        del self._session.catalog.buckets[name]\n", "        del self._session.catalog.buckets[name]\n        for key in [k for k in self._session.catalog.objects if k[0] == name]:\n            del self._session.catalog.objects[key]\n")),
    Mutant("settings other than the title are dropped", "X-14", edit("admin", "        catalog.add_bucket(name)\n        return self._set(name, settings)", "        catalog.add_bucket(name)\n        return self._set(name, BucketSettings(title=settings.title))")),
    Mutant("policies are sorted by title without regard to case", "P-12", edit("access", "key=lambda policy: (policy.title, policy.id))", "key=lambda policy: (policy.title.lower(), policy.id))")),
    Mutant("the default role is kept by name, and lost when it is renamed", "P-3", edit("access", "self._session.catalog.default_role = role.id", "self._session.catalog.default_role = role.name")),
    Mutant("an entry's metadata is its user metadata only", "Q-2", edit("query.package_tables", "    metadata = json_of(record.meta)\n", "    metadata = json_of(record.meta.get('user_meta'))\n")),
    Mutant("the table of tags names the newest revision", "Q-21", edit("composition.query_source", "yield Pointer(name, LATEST, latest.top_hash)", "yield Pointer(name, LATEST, next(iter(stream('list_package_versions', PackageVersion, package_name=PackageName.parse(name), registry=registry))).top_hash)")),
    Mutant("the bytes are not compared with the hash", "T-48", edit("composition.content", "    check_bytes(item, data)\n    return data", "    return data")),
]  # fmt: skip
