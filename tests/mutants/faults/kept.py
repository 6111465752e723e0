"""Faults in what an update keeps, in dry runs, and in what the hooks' docstrings leave open."""

# ruff: noqa: E501 - one line per mutant
from __future__ import annotations

import re

from quilt_core import PackageRevisionResult

from ..harness import Mutant, Replaced, answer, answer_refusals, each, edit, evolve

KEPT = "[*kept.entries, *new]"
UNWRITTEN = PackageRevisionResult(
    package_name="a/b", registry="s3://b", top_hash="", previous_top_hash=None, total_entries=1,
    added=("k",), replaced=(), removed=(), copied=0, catalog_url=None, written=False,
)  # fmt: skip

MUTANTS = [
    # What an update keeps
    Mutant("a kept entry gets the newer object", "W-101", answer("browse_content", each(size=lambda i: 14 if i.path == "a" else i.size))),
    Mutant("a kept entry gets the hash of the newer object", "W-101", edit("revisions", "place = object_to_look_up(entry) if entry.hash is None else None", "place = object_to_look_up(entry)")),
    Mutant("nothing is completed although it is reported", "W-101", answer("update_package_revision", evolve(completed=("a",)))),
    Mutant("a kept entry whose object is gone is dropped", "W-102", edit("revisions", KEPT, '[*(one for one in kept.entries if not one.physical_key.endswith("-gone")), *new]')),
    Mutant("completed entries are not reported", "W-103", answer("update_package_revision", evolve(completed=()))),
    Mutant("a hash comes from the current version", "W-103", edit("revisions", "find_object(place)[1].hash)", "find_object(S3Uri(place.bucket, place.key, None))[1].hash)")),
    Mutant("a hash is made up from the current object", "W-104", edit("revisions.kept", "if place.version_id is None and entry.hash is None:", "if False:", "if entry.hash is None:\n        return NO_HASH", "if entry.hash is None:\n        return entry")),
    Mutant("entries without hash and version are dropped", "W-104", edit("revisions", "kept = self._keep(request, plan.kept, bucket)", "kept = self._keep(request, tuple(one for one in plan.kept if one.hash), bucket)")),
    Mutant("a complete entry is read before it is kept", "W-105", edit("revisions", "new = [self._complete(entry, request.dry_run) for entry in plan.new]", 'for one in kept.entries:\n            if self._session.level(S3Uri.parse(one.physical_key).bucket) is None:\n                raise PermissionDeniedError("This identity may not read it.")\n        new = [self._complete(entry, request.dry_run) for entry in plan.new]')),
    Mutant("a complete entry of an unreadable bucket is dropped", "W-105", edit("revisions", KEPT, "[*(one for one in kept.entries if self._session.level(S3Uri.parse(one.physical_key).bucket)), *new]")),
    Mutant("odd stored keys are repaired", "W-106", answer("browse_content", each(physical_key=lambda i: i.physical_key and i.physical_key.lower()))),
    Mutant("an entry that is not an object has a URL", "W-107", answer_refusals("get_content_url", "https://h/x")),
    Mutant("directories without files are hidden", "W-108", answer("browse_content", lambda a: [i for i in a if i.size or not i.is_directory])),
    Mutant("lost directory metadata is made up", "W-109", answer("update_package_revision", evolve(lost_directory_metadata=("d",)))),
    Mutant("a removed directory keeps its metadata", "W-109", edit("revisions", "surviving_directories(directories, plan, request.remove)", "directories")),
    # Dry runs
    Mutant("dry runs report a write", "W-120", answer("create_package_revision", evolve(written=True))),
    Mutant("dry runs write", "W-120", edit("revisions", "if request.dry_run:", "if False:")),
    Mutant("dry runs do not check anything", "W-121", answer_refusals("create_package_revision", UNWRITTEN)),
    Mutant("dry runs accept any workflow", "W-121", edit("revisions", "passed = self._workflow(request)", "passed = UNSET if request.dry_run else self._workflow(request)")),
    Mutant("dry runs count no copies", "W-122", answer("create_package_revision", evolve(copied=0))),
    Mutant("dry runs copy", "W-122", edit("revisions", "if request.dry_run:", "if request.dry_run:\n            self._copied(entries, dict(zip(tasks, sources, strict=True)), request, request.version_check(self._has_versions, ()))")),
    # Conflicts and outcomes
    Mutant("expecting no revision accepts any revision", "W-40", edit("revisions.request", "if self.expected_top_hash is None:", "if self.expected_top_hash in (None, NO_REVISION):")),
    Mutant("an update that conflicts with the expected revision does not name the outcome", "W-41", edit("revisions.conflicts", '"outcome": Outcome.NOT_WRITTEN.value', '"outcome": Outcome.UNKNOWN.value')),
    Mutant("concurrent updates overwrite each other", "W-42", edit("revisions", "request.check_expected(start.top_hash)", "__import__('time').sleep(0.01)", "if latest != start and not request.force:", "if False:")),
    Mutant("errors of updates, unlike those of creations, do not name the outcome", "W-43", edit("revisions", "with outcome_unless_told(Outcome.NOT_WRITTEN):\n            self._session.writing", "if True:\n            self._session.writing")),
    Mutant("the same URI is another key in an update", "W-44", edit("revisions.request", 'operation="update_package_revision",\n            package_name=package_name,\n            registry=registry,\n            entries=entries', "operation=\"update_package_revision\",\n            package_name=package_name,\n            registry=registry,\n            entries=tuple(attrs.evolve(one, logical_key=one.logical_key.rpartition('/')[2]) for one in entries)")),
    Mutant("control characters in a URI are dropped", "W-45", Replaced("quilt_core.domain.uris.check_uri_text", lambda text, _: re.sub(r"[\x00-\x1f\x7f-\x9f]", "", text))),
    Mutant("copies for one package move the entries of another", "W-46", edit("revisions", "package.revisions.append(revision)", "package.revisions.append(revision)\n            for other in catalog.packages.values():\n                other.revisions = [attrs.evolve(one, entries=revision.entries) if one.top_hash == revision.top_hash else one for one in other.revisions]")),
    # What the docstrings leave open
    Mutant("explicitly choosing no workflow selects the default one", "O-1", edit("revisions", "if workflow is not DEFAULT_WORKFLOW:", "if workflow is not DEFAULT_WORKFLOW and workflow is not None:")),
    Mutant("a revision without workflows names one", "O-1", answer("get_package_info", evolve(workflow="none"))),
    Mutant("a local file is not found", "O-2", edit("revisions", 'raise ValidationError(\n                f"{entry.uri} is a local', 'raise NotFoundError(\n                f"{entry.uri} is a local')),
    Mutant("a local file is refused without a name", "O-2", edit("revisions", 'f"{entry.uri} is a local file;', 'f"A local file is given;')),
    Mutant("packages without a latest revision are hidden", "O-3", edit("packages", "if key[0] == bucket and found.revisions)", "if key[0] == bucket and found.latest)")),
    Mutant("without a latest pointer the newest revision counts as the latest", "O-3", edit("session", 'wanted = package.latest or ""', "wanted = package.latest or package.revisions[-1].top_hash")),
    Mutant("search takes the newest revision if there is no latest pointer", "O-3", edit("search", "revision.top_hash == package.latest", "revision.top_hash == (package.latest or package.revisions[-1].top_hash)")),
    Mutant("an update changes the metadata of directories", "O-4", edit("revisions", "path: directories[path]\n", 'path: {"user_meta": {"changed": True}}\n')),
    Mutant("an update gives files the metadata of their directory", "O-4", edit("revisions", KEPT, "[*(structs.replace(one, meta={\"user_meta\": dict(next(iter(directories.values()), {}))}) for one in kept.entries), *new]")),
    Mutant("search ignores logical keys", "O-5", edit("search", "SearchText.of(info, revision.entries)", "SearchText.of(info)")),
    Mutant("search compares only whole logical keys", "O-5", edit("search.text", "for w in words_of(key)", "for w in (key.casefold(),)")),
    Mutant("search reads the content of files", "O-5", edit("search", "SearchText.of(info, revision.entries)", 'SearchText.of(info, [*revision.entries, "narwhal"])')),
    Mutant("a revision has the time of its oldest pointer", "O-6", edit("session", "for revision in reversed(package.revisions):", "for revision in package.revisions:")),
    Mutant("versions have the time of the oldest pointer", "O-6", edit("packages", "newest = {one.top_hash: one for one in package.revisions}", "newest = {one.top_hash: one for one in reversed(package.revisions)}")),
    Mutant("an older pointer names nothing", "O-6", edit("session", "for one in package.revisions if one.modified == time)", "for one in {r.top_hash: r for r in package.revisions}.values() if one.modified == time)")),
    Mutant("the registry's URL has a slash at its end", "O-7", answer("get_registry_url", lambda url: f"{url}/")),
    Mutant("the registry's URL is a host", "O-7", answer("get_registry_url", lambda url: url.partition("://")[2])),
    Mutant("the registry's URL differs by connection", "O-7", edit("registry_operations", "return self._session.catalog.registry_url\n", 'return f"{self._session.catalog.registry_url}/{id(self)}"\n')),
    # Numbers, roles, health
    Mutant("sizes go through doubles", "C-42", answer("browse_content", each(size=lambda i: int(float(i.size))))),
    Mutant("totals go through doubles", "R-26", answer("get_package_info", evolve(total_bytes=lambda i: int(float(i.total_bytes))))),
    Mutant("comparing goes through doubles", "R-26", edit("revisions.compare", "if differs(first[key], second[key])", "if differs(first[key], second[key]) and (first[key].hash != second[key].hash or float(first[key].size) != float(second[key].size))")),
    Mutant("an unmanaged role has no signup page", "P-6", edit("access", "signup=signup,\n        )", "signup=signup if arn is None else None,\n        )")),
    Mutant("None removes nothing from a role", "P-6", edit("access", "if value is not KEEP}", "if value is not KEEP and value is not None}")),
    Mutant("a conflict of signup pages shows the access code", "P-7", edit("access", "has the signup page {page!r}.", "has the signup page {page!r}, {signup.access_code}.")),
    Mutant("an access code cannot be read", "P-7", answer("admin_create_role", evolve(signup=lambda r: r.signup and evolve(access_code="")(r.signup)))),
    Mutant("health has a negative latency", "K-5", answer("health", evolve(latency_seconds=-1.0))),
    Mutant("health returns no message", "K-5", answer("health", evolve(message=""))),
]  # fmt: skip
