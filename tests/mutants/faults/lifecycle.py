"""Faults of promotion, rollback, workflows, links and roles."""

# ruff: noqa: E501 - one line per mutant
from __future__ import annotations

import re
from urllib.parse import unquote

import attrs

from quilt_core import NotFoundError

from ..harness import Mutant, answer, each, edit, evolve, swallow

MUTANTS = [
    Mutant("a promotion reports another hash", "L-1", answer("promote_package", evolve(top_hash="0" * 64))),
    Mutant("a promotion names the source", "L-1", answer("promote_package", evolve(registry="s3://memory-bucket"))),
    Mutant("a promotion miscounts", "L-1", answer("promote_package", evolve(total_entries=1))),
    Mutant("a promotion hides its copies", "L-1", answer("promote_package", evolve(copied=0))),
    Mutant("a promotion reports copies that it did not make", "L-1", answer("promote_package", evolve(copied=lambda r: r.total_entries))),
    Mutant("a promotion names no files", "L-1", answer("promote_package", evolve(added=()))),
    Mutant("a promotion drops the metadata", "L-1", edit("revisions", "plan = plan_promotion(source.entries.values(), header.metadata_if_any)", "plan = plan_promotion(source.entries.values(), None)")),
    Mutant("a promotion drops the message", "L-1", edit("revisions", "source_message=header.message_if_any,", "source_message=None,")),
    Mutant("a promotion takes the latest revision", "L-1", edit("revisions", "source = self._session.revision(registry, package_name, top_hash)", "source = self._session.revision(registry, package_name, RevisionRef.parse(None))")),
    Mutant("a promotion references objects that it should copy", "L-1", edit("revisions", "new_name, destination, message, copy, workflow,", "new_name, destination, message, CopyMode.NONE, workflow,")),
    Mutant("a promotion copies objects that it should reference", "L-1", edit("revisions", "new_name, destination, message, copy, workflow,", "new_name, destination, message, CopyMode.ALL, workflow,")),
    Mutant("a promotion loses the metadata of files", "L-1", edit("revisions", "plan = plan_promotion(source.entries.values(), header.metadata_if_any)", "from msgspec import structs\n            plan = plan_promotion([structs.replace(e, meta={}) for e in source.entries.values()], header.metadata_if_any)")),
    Mutant("a promotion does not report the previous revision", "L-2", answer("promote_package", evolve(previous_top_hash=None))),
    Mutant("a promotion ignores the expected revision", "L-2", edit("revisions", "start = self._latest(self._session.writing(destination), new_name)\n            request.check_expected(start)", "start = self._latest(self._session.writing(destination), new_name)")),
    Mutant("a promotion keeps the old message", "L-2", edit("revisions", "new_name, destination, message, copy, workflow,", "new_name, destination, None, copy, workflow,")),
    Mutant("a promotion keeps the name", "L-2", edit("revisions", "                new_name, destination,", "                package_name, destination,")),
    Mutant("any workflow is accepted", "L-3", edit("revisions", "                raise _has_no_workflows(request)", "                return UNSET")),
    Mutant("a user who can only read can promote", "L-4", edit("revisions", "self._latest(self._session.writing(destination), new_name)", "self._latest(str(destination.bucket), new_name)")),
    Mutant("a promotion copies into a bucket without versioning", "L-5", edit("revisions", "expected_top_hash, allow_unversioned, dry_run,\n                source_message", "expected_top_hash, True,\n                source_message")),
    Mutant("a promotion never copies into a bucket without versioning", "L-5", edit("revisions", "expected_top_hash, allow_unversioned, dry_run,\n                source_message", "expected_top_hash, False,\n                source_message")),
    Mutant("a promotion that only references objects is refused without versioning", "L-5", edit("revisions", "        if tasks:\n", "        if True:\n")),
    Mutant("a rollback reports the previous revision", "L-10", answer("rollback_package", evolve(top_hash=lambda r: r.previous_top_hash))),
    Mutant("a rollback does not report the previous revision", "L-10", answer("rollback_package", evolve(previous_top_hash=None))),
    Mutant("a rollback does nothing", "L-10", edit("revisions", "                package.latest = wanted\n", "")),
    Mutant("a rollback loses newer revisions", "L-10", edit("revisions", "                package.latest = wanted\n", "                package.latest = wanted\n                while package.revisions[-1].top_hash != wanted:\n                    package.revisions.pop()\n")),
    Mutant("a rollback publishes a new revision", "L-10", edit("revisions", "                package.latest = wanted\n", "                package.latest = wanted\n                package.revisions.append(attrs.evolve(package.revisions[0], modified=catalog.now()))\n")),
    Mutant("a rollback ignores the expected revision", "L-11", edit("revisions", "if expected_top_hash not in (None, before):", "if False:")),
    Mutant("a user who can only read can roll back", "L-12", edit("revisions", "                    self._session.writing(registry)\n                    package.latest", "                    package.latest")),
    Mutant("the list of workflows is cut off", "L-20", answer("list_workflows", lambda a: a[:1])),
    Mutant("workflows are sorted backwards", "L-20", answer("list_workflows", lambda a: a[::-1])),
    Mutant("workflows have no default", "L-20", answer("list_workflows", each(is_default=False))),
    Mutant("every workflow is the default", "L-20", answer("list_workflows", each(is_default=True))),
    Mutant("workflows are all required", "L-20", answer("list_workflows", each(is_workflow_required=True))),
    Mutant("no workflow needs a message", "L-20", answer("list_workflows", each(is_message_required=False))),
    Mutant("workflows are named by id", "L-20", answer("list_workflows", each(name=lambda w: w.id))),
    Mutant("workflows match any package name", "L-20", answer("list_workflows", each(handle_pattern=None))),
    Mutant("workflows that cannot be read count as none", "L-21", swallow("list_workflows", [], NotFoundError)),
    Mutant("a promotion drops the workflow", "L-22", edit("revisions", "source_workflow=header.workflow_id,", "source_workflow=None,")),
    Mutant("a promotion does not accept another workflow", "L-22", edit("revisions", "new_name, destination, message, copy, workflow,", "new_name, destination, message, copy, header.workflow_id or workflow,")),
    Mutant("switching a role has no effect", "L-30", edit("registry_operations", "user, role=role, extra_roles", "user, role=user.role, extra_roles")),
    Mutant("a switch loses the previous role", "L-30", edit("registry_operations", "extra_roles=tuple(sorted(others))", "extra_roles=()")),
    Mutant("a switch of roles reports the previous role", "L-30", answer("switch_role", evolve(role="Writers"))),
    Mutant("any role is accepted", "L-30", edit("registry_operations", "if role not in (user.role, *user.extra_roles):", "if False:")),
    Mutant("links forget the revision", "G-1", answer("get_catalog_link", lambda a: re.sub("[0-9a-f]{64}", "latest", a))),
    Mutant("links forget the path", "G-1", answer("get_catalog_link", lambda a: a.partition("/a%20b")[0])),
    Mutant("links forget the version", "G-1", answer("get_catalog_link", lambda a: a.partition("?")[0])),
    Mutant("links are not encoded", "G-1", answer("get_catalog_link", unquote)),
    Mutant("links lead to another bucket", "G-1", answer("get_catalog_link", lambda a: a.replace("memory-bucket", "memory-bucket-second"))),
    Mutant("a dry run of a promotion publishes", "L-35", edit("revisions", "expected_top_hash, allow_unversioned, dry_run,\n                source_message", "expected_top_hash, allow_unversioned, False,\n                source_message")),
    Mutant("a dry run of a promotion has no expectation", "L-35", edit("revisions", "            request.check_expected(start)\n            plan = plan_promotion", "            if not dry_run:\n                request.check_expected(start)\n            plan = plan_promotion")),
    Mutant("a dry run of a promotion passes every workflow", "L-35", edit("revisions", "passed = self._workflow(request)", "passed = UNSET if request.dry_run and request.operation == 'promote_package' else self._workflow(request)")),
    Mutant("a dry run of a promotion does not say that it cannot know about versions", "L-36", answer("promote_package", evolve(unchecked=()))),
    Mutant("a promotion into an empty bucket copies everything without a look at the first copy", "L-36", edit("revisions", "                versions.after(S3Uri.parse(url))", "                pass")),
    Mutant("a dry run of a promotion counts no copies", "L-35", answer("promote_package", lambda made: made if made.written else attrs.evolve(made, copied=0))),
    Mutant("a dry run of a promotion does not tell what is there", "L-35", answer("promote_package", lambda made: made if made.written else attrs.evolve(made, previous_top_hash=None))),
]  # fmt: skip
