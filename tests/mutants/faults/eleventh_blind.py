"""An eleventh batch of faults, written from the contract alone, that the suite let pass at first."""

# ruff: noqa: E501 - one line per mutant
from __future__ import annotations

from quilt_core import Acknowledgement, NotFoundError

from ..harness import Mutant, answer, edit, evolve, swallow

_TASKS = "sources = [self._readable(task.source)[1] for task in tasks]\n"
_COPY_NOW = f"{_TASKS}        self._copied(entries, dict(zip(tasks, sources, strict=True)), request, request.version_check(self._has_versions, ()))\n"
_LINK = (
    '        if registry.bucket is None:\n            raise NotSupportedError("get_catalog_link"'
)
_CHECKED = "            request.check_expected(start)\n"

MUTANTS = [
    Mutant("buckets are sorted by their titles", "B-3", answer("list_buckets", lambda buckets: sorted(buckets, key=lambda b: b.title.lower()))),
    Mutant("configured buckets are sorted by their titles", "B-3", answer("admin_list_buckets", lambda buckets: sorted(buckets, key=lambda b: b.title))),
    Mutant("buckets are sorted by their relevance", "B-3", answer("list_buckets", lambda buckets: sorted(buckets, key=lambda b: -b.relevance_score))),
    Mutant("the administration lists only buckets that the active role can read", "L-33", edit("admin", "[buckets[name] for name in sorted(buckets)]", "[buckets[name] for name in self._session.readable_buckets()]")),
    Mutant("the administration reads only buckets that the active role can read", "L-33", edit("admin", "            return self._session.catalog.buckets[name]\n", "            return {one: self._session.catalog.buckets[one] for one in self._session.readable_buckets()}[name]\n")),
    Mutant("administrators see all buckets, whatever their role", "L-33", edit("registry_operations", "for name in self._session.readable_buckets()\n", "for name in (sorted(configs) if self._session.user().is_admin else self._session.readable_buckets())\n")),
    Mutant("a dry run of a download makes the folder", "T-50", edit("composition.download", "    target = Target(request.destination)\n", "    request.destination.mkdir(parents=True, exist_ok=True)\n    target = Target(request.destination)\n")),
    Mutant("a download makes the folder before it checks the keys", "T-50", edit("composition.download", "    plan, lookalikes = _Plan(items), Lookalikes()\n", "    root.mkdir(parents=True, exist_ok=True)\n    plan, lookalikes = _Plan(items), Lookalikes()\n")),
    Mutant("a push uploads before it compares the expected revision", "T-51", edit("composition.push", "        writing.check()\n", "        writing.check()\n        if request.expected_top_hash is not None:\n            from quilt_core.domain.uris import S3Uri\n            calls.put_object(b'early', S3Uri(request.registry.bucket, 'early'), None, None)\n", "    if request.expected_top_hash is not None:\n        found = base", "    if False:\n        found = base")),
    Mutant("a dry run of a push uploads", "T-51", edit("composition.push", "    if request.dry_run and any(one.uploaded for one in prepared):\n", "    if request.dry_run:\n        from quilt_core.domain.uris import S3Uri\n        calls.put_object(b'early', S3Uri(request.registry.bucket, 'early'), None, None)\n    if request.dry_run and any(one.uploaded for one in prepared):\n")),
    Mutant("include and exclude count only for folders", "T-52", edit("composition.push_plan", "        if not selection.takes(key):\n            continue\n", "")),
    Mutant("a dry run copies", "W-124", edit("revisions", _TASKS, _COPY_NOW)),
    Mutant("objects are copied before the expected revision is compared", "W-124", edit("revisions", "            request.check_expected(start.top_hash)\n", "            if copy is not CopyMode.NONE:\n                self._session.catalog.put_object(str(registry.bucket), 'early', b'')\n            request.check_expected(start.top_hash)\n")),
    Mutant("a create copies before the expected revision is compared", "W-124", edit("revisions", f"{_CHECKED}            return self._publish(request, request.plan_create()", f"            if copy is not CopyMode.NONE:\n                self._session.catalog.put_object(str(registry.bucket), 'early', b'')\n{_CHECKED}            return self._publish(request, request.plan_create()")),
    Mutant("a promotion copies before it looks for the workflow", "L-32", edit("revisions", "        passed = self._workflow(request)\n", "", _TASKS, f"{_TASKS}        if not request.dry_run:\n            self._copied(entries, dict(zip(tasks, sources, strict=True)), request, request.version_check(self._has_versions, ()))\n        passed = self._workflow(request)\n")),
    Mutant("a promotion needs only the right to read the destination", "L-34", edit("revisions", "self._latest(self._session.writing(destination), new_name)", "self._latest(self._session.reading(destination), new_name)")),
    Mutant("another engine than the one that was asked for is used", "Q-22", edit("composition.query", "if engine not in (None, domain.QueryEngine.LOCAL):", "if False:")),
    Mutant("a started query names no engine but Athena", "Q-22", answer("start_query", evolve(engine=lambda s: type(s.engine).ATHENA))),
    Mutant("a prefix for a bucket is ignored", "Q-23", edit("composition.query", "OperationsSource(self._calls, registry, prefix)", "OperationsSource(self._calls, registry, None)")),
    Mutant("a link is made only for a package that exists", "G-3", edit("registry_operations", _LINK, f"        if package_name is not None:\n            self._session.package(registry, package_name)\n{_LINK}")),
    Mutant("a link is made only for a bucket that can be read", "G-3", edit("registry_operations", _LINK, f"        self._session.reading(registry)\n{_LINK}")),
    Mutant("a role that the user does not have is a matter of permission", "L-30", edit("registry_operations", "raise NotFoundError(f\"{user.name!r} has no role", "raise PermissionDeniedError(f\"{user.name!r} has no role")),
    Mutant("the prefix of the stack is the whole name of the analytics bucket", "K-2", edit("registry_operations", 'prefix = derive_stack_prefix("memory-analyticsbucket")', 'prefix = "memory-analyticsbucket"')),
    Mutant("added entries are in the order of code points", "R-40", answer("diff_packages", evolve(added=lambda d: tuple(sorted(d.added))))),
    Mutant("modified entries are in the order of code points", "R-40", answer("diff_packages", evolve(modified=lambda d: tuple(sorted(d.modified))))),
    Mutant("the tables of buckets whose names begin alike are listed together", "T-10", edit("registry_operations", "if key[0] == bucket]", "if key[0].startswith(bucket)]")),
    Mutant("a table is found by its name alone", "T-10", edit("registry_operations", "            return self._session.catalog.tables[bucket, name]\n        except KeyError:", "            return next(t for (_, n), t in self._session.catalog.tables.items() if n == name)\n        except StopIteration:")),
    Mutant("a table's name is taken in all buckets", "T-10", edit("registry_operations", "if (bucket, name) in self._session.catalog.tables:", "if name in [one for _, one in self._session.catalog.tables]:")),
    Mutant("the first role is the default one as long as none is set", "P-16", edit("access", 'raise NotFoundError("No default role is set.")', "return self.admin_list_roles()[0]")),
    Mutant("the role that was created last is the default one", "P-16", edit("access", "return self._role(self._session.catalog.default_role)", "return list(self._session.catalog.roles.values())[-1]")),
    Mutant("a role keeps the permissions that its policy had", "P-4", edit("access", "            self._save(attrs.evolve(role, policies=tuple(sorted(ids))))\n        return", "            if ids != {*role.policies}:\n                self._save(attrs.evolve(role, policies=tuple(sorted(ids))))\n        return")),
    Mutant("a policy that does not exist is deleted", "X-16", swallow("admin_delete_policy", Acknowledgement(action="admin_delete_policy", subject="p"), NotFoundError)),
    Mutant("the password of a user who does not exist is reset", "X-16", swallow("admin_reset_user_password", Acknowledgement(action="admin_reset_user_password", subject="u"), NotFoundError)),
    Mutant("an object in S3 is unchanged only in the same version", "T-53", edit("composition.uploads", "same = former.physical_key == uri.url or (\n                info.checksum is not None and former.hash == info.checksum\n            )", "same = former.physical_key == uri.url")),
    Mutant("objects in S3 do not count among the bytes of a push", "T-53", edit("composition.uploads", "return _prepared(key, info.size or 0, change, False, uri, info.checksum, former)", "return _prepared(key, 0, change, False, uri, info.checksum, former)")),
    Mutant("given files of which none is selected make an empty package", "T-52", edit("composition.push_plan", "    if not items:\n        raise ValidationError(", "    if not items and isinstance(request.source, Path):\n        raise ValidationError(")),
    Mutant("a verification compares with the latest revision", "T-55", edit("composition.verify", "items = list(calls.browse(name, registry, RevisionRef.parse(top_hash)", "from quilt_core.domain.names import LATEST\n    items = list(calls.browse(name, registry, LATEST")),
    Mutant("files of the package that .quiltignore excludes are missing", "T-55", edit("composition.verify", "    for item in items:\n        if item.path not in there and", "    for item in ():\n        if item.path not in there and")),
    Mutant("the table of entries has the first thousand of a package", "Q-24", edit("query.package_tables", "    while chunk := list(islice(records, _BATCH)):\n        rows", "    for chunk in [list(islice(records, 1000))]:\n        rows")),
    Mutant("a package without a latest revision makes queries fail", "Q-25", edit("composition.query_source", "with contextlib.suppress(NotFoundError):  # a package may have no latest revision", "if True:")),
    Mutant("the result of a started query has no rows", "Q-13", edit("query.jobs", "            row_count=self._rows,\n", "            row_count=0,\n")),
    Mutant("a running query says when it ended", "Q-14", edit("query.jobs", "completed=datetime.now(UTC) if state.is_final else None", "completed=datetime.now(UTC)")),
    Mutant("tabulator tables are listed backwards", "Q-26", edit("query.engine", "configured = sorted(self._source.tabulator_tables(prefix))", "configured = sorted(self._source.tabulator_tables(prefix), reverse=True)")),
    Mutant("all tables are listed by name", "Q-26", answer("list_query_tables", lambda tables: sorted(tables, key=lambda one: one.name))),
    Mutant("one tabulator table is listed", "Q-26", edit("composition.query_source", "for table in tables]", "for table in list(tables)[:1]]")),
    Mutant("all queries have one id", "Q-27", edit("query.run", "query_id=query_id,", "query_id='local',")),
    Mutant("who is an administrator depends on the role", "U-15", edit("registry_operations", "is_admin=user.is_admin,", "is_admin=user.role == 'Admin',")),
    Mutant("the configuration needs an identity", "K-6", edit("registry_operations", "if catalog_url not in (None, catalog.catalog_url):", "self._session.user()\n        if catalog_url not in (None, catalog.catalog_url):")),
    Mutant("links lead to the registry", "G-1", edit("registry_operations", "            self._session.catalog.catalog_url,\n            registry.bucket", "            self._session.catalog.registry_url,\n            registry.bucket")),
    Mutant("objects of buckets whose names begin alike are listed together", "F-16", edit("objects", "if owner == bucket and", "if owner.startswith(bucket) and")),
    Mutant("a search ends after a page", "F-70", answer("search_objects", lambda hits: hits[:10])),
]  # fmt: skip
