"""A thirteenth batch of faults, written from the contract alone, that the suite let pass at first,
and others of their kinds.
"""

# ruff: noqa: E501 - one line per mutant
from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from quilt_core import QuiltOpsError

from ..harness import Mutant, Replaced, answer, each, edit, evolve, refuse


def told(**context: str) -> Callable[[QuiltOpsError], QuiltOpsError]:
    """The same error, which has this in its context."""

    def change(error: QuiltOpsError) -> QuiltOpsError:
        error.context = MappingProxyType({**error.context, **context})
        return error

    return change


MUTANTS = [
    Mutant("indexing a bucket resets its other settings", "X-5", edit("admin", "attrs.evolve(found, last_indexed=now)", "BucketConfig(name=name, title=found.title, browsable=True, prefixes=('',), last_indexed=now)")),
    Mutant("indexing a bucket makes it browsable", "X-5", edit("admin", "attrs.evolve(found, last_indexed=now)", "attrs.evolve(found, last_indexed=now, browsable=not found.browsable)")),
    Mutant("indexing below a prefix changes what is indexed", "X-5", edit("admin", "attrs.evolve(found, last_indexed=now)", "attrs.evolve(found, last_indexed=now, file_extensions_to_index=() if prefix else found.file_extensions_to_index)")),
    Mutant("the first user of single sign-on remains its user", "X-66", edit("admin", "uploader=uploader)", "uploader=before.uploader or uploader)")),
    Mutant("the same configuration of single sign-on keeps its user", "X-66", edit("admin", "uploader=uploader)", "uploader=before.uploader if before.text == config else uploader)")),
    Mutant("the total of copies counts what stays in its place", "O-48", edit("revisions", '"copying", len(copies), "objects"', '"copying", len(entries), "objects"')),
    Mutant("what is copied includes what stays in its place", "O-48", edit("revisions", "            copied=len(tasks),\n", "            copied=len(entries) if tasks else 0,\n")),
    Mutant("administrators cannot be deleted", "U-12", edit("admin", "if user.name == self._session.user().name:", "if user.is_admin:")),
    Mutant("somebody who is locked out cannot be deleted", "U-12", edit("admin", "if user.name == self._session.user().name:", "if user.name == self._session.user().name or not user.is_active:")),
    Mutant("the present name of a role of single sign-on is a new one", "P-61", edit("access", "if name not in (None, role.name):", "if name is not None:")),
    Mutant("no property of a role of single sign-on changes", "P-61", edit("access", "        if name not in (None, role.name):\n            self._check_sso(role)", "        self._check_sso(role)")),
    Mutant("the address of somebody who is locked out is free", "U-4", edit("admin", "if user.email == email and user.name != own:", "if user.email == email and user.name != own and user.is_active:")),
    Mutant("the address of an administrator is free", "U-4", edit("admin", "if user.email == email and user.name != own:", "if user.email == email and user.name != own and not user.is_admin:")),
    Mutant("the name of somebody who is locked out is free", "U-4", edit("admin", "        if name in self._session.catalog.users:\n", "        if name in [one.name for one in self._session.catalog.users.values() if one.is_active]:\n")),
    Mutant("the name of a role of AWS is free", "P-2", edit("access", "if role.name == name), None)", "if role.name == name and role.managed), None)")),
    Mutant("the title of a policy of AWS is free", "P-5", edit("access", "(other.title == title or", "(other.title == title and other.managed == policy.managed or")),
    Mutant("a rollback to the latest revision needs the right to write", "L-79", edit("revisions", "                if wanted != before:\n                    self._session.writing(registry)\n", "                self._session.writing(registry)\n                if wanted != before:\n")),
    Mutant("who may only read is denied before the latest revision is compared", "L-79", edit("revisions", "            wanted = self._session.revision(registry, package_name, top_hash).top_hash\n            with", "            wanted = self._session.revision(registry, package_name, top_hash).top_hash\n            if wanted != self._latest(str(registry.bucket), package_name):\n                self._session.writing(registry)\n            with")),
    Mutant("a rollback to the latest revision ignores the expected one", "L-79", edit("revisions", "                if expected_top_hash not in (None, before):\n", "                if wanted != before and expected_top_hash not in (None, before):\n")),
    Mutant("who may only read moves the pointer", "L-79", edit("revisions", "                if wanted != before:\n                    self._session.writing(registry)\n", "                if wanted != before:\n")),
    Mutant("errors of writes do not name the package", "W-125", Replaced("quilt_core.ops.writing._name_package", lambda error, arguments: None)),
    *(
        Mutant(f"the error of {operation} names another {key}", "W-125", refuse(operation, told(**{key: "s3://another"})))
        for operation in ("create_package_revision", "update_package_revision", "delete_package", "rollback_package", "promote_package")
        for key in ("package", "registry")
    ),
    Mutant("three permissions of a policy are kept", "P-63", edit("access", "ordered = tuple(sorted(permissions, key=lambda one: one.bucket))", "ordered = tuple(sorted(permissions, key=lambda one: one.bucket))[:3]")),
    Mutant("three permissions of a policy are shown", "P-63", answer("admin_get_policy", evolve(permissions=lambda policy: policy.permissions[:3]))),
    Mutant("three permissions of a role are kept", "P-64", edit("access", "tuple(best[name] for name in sorted(best))", "tuple(best[name] for name in sorted(best)[:3])")),
    Mutant("nine policies of a role are kept", "P-68", edit("access", "ids = tuple(sorted(set(policies)))", "ids = tuple(sorted(set(policies)))[:9]")),
    Mutant("five policies of a role count", "P-68", edit("access", "for policy_id in role.policies:\n            for one", "for policy_id in role.policies[:5]:\n            for one")),
    Mutant("nine policies of a role are shown", "P-68", answer("admin_get_role", evolve(policies=lambda role: role.policies[:9]))),
    Mutant("nine policies of each role are listed", "P-68", answer("admin_list_roles", each(policies=lambda role: role.policies[:9]))),
    Mutant("a further policy of a role takes the place of another one", "P-68", edit("access", "            if role.id in roles:\n                ids.add(policy.id)\n", "            if role.id in roles:\n                ids = {*sorted(ids)[:8], policy.id}\n")),
    Mutant("policies of AWS cannot be deleted", "P-8", edit("access", "        if policy.roles:\n", "        if policy.roles or not policy.managed:\n")),
    Mutant("single sign-on names no roles of AWS", "P-61", edit("admin", "named not in [role.name for role in catalog.roles.values()]", "named not in [role.name for role in catalog.roles.values() if role.managed]")),
    Mutant("the default role keeps its name", "X-63", edit("access", "        if name not in (None, role.name):\n            self._check_sso(role)", "        if name not in (None, role.name):\n            self._check_sso(role)\n            if role.id == self._session.catalog.default_role and role.policies:\n                raise ConflictError('It is the default role.')")),
    Mutant("a role of AWS is given no policies", "X-62", edit("access", "if (policies is not None and not role.managed) or", "if (policies and not role.managed) or")),
    Mutant("a policy of AWS is given no permissions", "X-62", edit("access", "        if (permissions is not None and not policy.managed)", "        if (permissions and not policy.managed)")),
    Mutant("a managed policy is given its ARN", "P-8", edit("access", "(arn and policy.managed)", "(arn and arn != policy.arn and policy.managed)")),
    Mutant("a managed role is given its ARN", "P-2", edit("access", "(arn is not None and role.managed)", "(arn is not None and arn != role.arn and role.managed)")),
    Mutant("a bucket with tables stays", "X-14", edit("admin", "        self.admin_get_bucket(name)\n        del", "        self.admin_get_bucket(name)\n        if any(b == name for b, _ in self._session.catalog.tables):\n            raise ConflictError('It has tables.')\n        del")),
    *(
        Mutant(f"a change of a bucket that leaves out {field} takes it away", "X-63", edit("admin", "        changed = attrs.evolve(self._session.catalog.buckets[name], **given)", f"        given.setdefault({field!r}, None)\n        changed = attrs.evolve(self._session.catalog.buckets[name], **given)"))
        for field in ("linked_data", "file_extensions_to_index", "scanner_parallel_shards_depth", "overview_url", "icon_url", "index_content_bytes", "skip_metadata_indexing", "browsable")
    ),
    Mutant("no bytes of contents to index are not set", "X-13", edit("admin", '            if getattr(settings, field.name) is not None\n', "            if getattr(settings, field.name) is not None and not (field.name == 'index_content_bytes' and getattr(settings, field.name) == 0)\n")),
    Mutant("a bucket without an icon has an empty one", "X-13", edit("registry_operations", 'icon_url=configs[name].icon_url', "icon_url=configs[name].icon_url or ''")),
    Mutant("the status has the address that the user was made with", "X-65", edit("registry_operations", '            email=user.email,', "            email=f'{user.name}@example.com',")),
    Mutant("new API keys have the address that the user was made with", "X-65", edit("registry_operations", '            user_email=user.email,', "            user_email=f'{user.name}@example.com',")),
    Mutant("a new page of a role takes its bucket away", "X-63", edit("access", 'changes = {field: value for field, value in changes.items() if value is not KEEP}', 'changes = {field: value for field, value in changes.items() if value is not KEEP}\n        if changes.get("signup") and "default_bucket" not in changes:\n            changes["default_bucket"] = None')),
    Mutant("new policies of a role take its page away", "X-63", edit("access", 'changes = {field: value for field, value in changes.items() if value is not KEEP}', 'changes = {field: value for field, value in changes.items() if value is not KEEP}\n        if policies is not None:\n            changes.setdefault("signup", None)')),
    Mutant("a change of a policy takes the pages of roles away", "X-63", edit("access", '            self._save(attrs.evolve(role, policies=tuple(sorted(ids))))', '            self._save(attrs.evolve(role, policies=tuple(sorted(ids)), signup=None))')),
    Mutant("a change of a policy takes the buckets of roles away", "X-63", edit("access", '            self._save(attrs.evolve(role, policies=tuple(sorted(ids))))', '            self._save(attrs.evolve(role, policies=tuple(sorted(ids)), default_bucket=None))')),
    Mutant("who gets another role is let in", "X-63", edit("admin", '        return self._change(name, role=role, extra_roles=tuple(sorted(extra - {role})))', '        return self._change(name, role=role, is_active=True, extra_roles=tuple(sorted(extra - {role})))')),
    Mutant("who gets one more role is let in", "X-63", edit("admin", '            name, extra_roles=tuple(sorted({*user.extra_roles, *roles} - {user.role}))', '            name, is_active=True, extra_roles=tuple(sorted({*user.extra_roles, *roles} - {user.role}))')),
    Mutant("who has a role less is no administrator", "X-63", edit("admin", '            name, role=active, extra_roles=tuple(role for role in left if role != active)', '            name, role=active, is_admin=False, extra_roles=tuple(role for role in left if role != active)')),
    Mutant("who has a new address is no administrator", "X-63", edit("admin", '        return self._change(name, email=email)\n\n    @hookimpl\n    def admin_set_user_admin', '        return self._change(name, email=email, is_admin=False)\n\n    @hookimpl\n    def admin_set_user_admin')),
    Mutant("who has a renamed role is no administrator", "X-63", edit("access", 'attrs.evolve(user, role=active, extra_roles=extra)', 'attrs.evolve(user, role=active, extra_roles=extra, is_admin=False)')),
    Mutant("a deletion of a revision counts what is left, too", "O-48", edit("revisions", '            progress, "delete_package", "deleting", len(doomed), "revisions"', '            progress, "delete_package", "deleting", len(doomed) + len(package.revisions), "revisions"')),
    Mutant("a rollback to an old revision does nothing", "L-77", edit("revisions", '                if wanted != before:\n                    self._session.writing(registry)\n                    package.latest', '                if wanted != before and any(r.top_hash == wanted for r in package.revisions[-3:]):\n                    self._session.writing(registry)\n                    package.latest')),
    Mutant("filters are not those of former revisions", "S-35", edit("search", '            if fits_filter(info, filters)\n            and fits_predicates(info, user_meta)\n            and (score', '            if (fits_filter(info, filters) or not latest_only)\n            and fits_predicates(info, user_meta)\n            and (score')),
    Mutant("two registries are searched", "S-39", edit("search", '            buckets = [self._session.reading(one) for one in registry]', '            buckets = [*dict.fromkeys(self._session.reading(one) for one in registry)][:2]')),
    Mutant("of more than two registries one is searched for objects", "F-14", edit("objects", '            buckets = [self._session.reading(one) for one in registry]', '            buckets = [self._session.reading(one) for one in registry][::-1][:1] if len(registry) > 2 else [self._session.reading(one) for one in registry]')),
    Mutant("a table takes the place of one whose name differs in case", "T-94", edit("registry_operations", '        if new_name != old_name:\n            self._check_free', '        if new_name.lower() != old_name.lower():\n            self._check_free')),
    Mutant("a file that was written is closed", "F-5", edit("objects", '        data = source.read_bytes() if isinstance(source, Path) else source.read()\n', '        data = source.read_bytes() if isinstance(source, Path) else source.read()\n        if not isinstance(source, Path):\n            source.close()\n')),
    Mutant("workflows of an unknown version are applied", "L-81", edit("revisions", 'if config.get("version", "1") != "1":', 'if False:')),
    Mutant("the version of workflows does not count without a workflow", "L-81", edit("revisions", 'if config.get("version", "1") != "1":', 'if workflow is not None and config.get("version", "1") != "1":')),
    Mutant("the version of workflows counts only for the default one", "L-81", edit("revisions", 'if config.get("version", "1") != "1":', 'if workflow is DEFAULT_WORKFLOW and config.get("version", "1") != "1":')),
]  # fmt: skip
