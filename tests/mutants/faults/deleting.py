"""Faults in deleting packages and revisions."""

# ruff: noqa: E501 - one line per mutant
from __future__ import annotations

from quilt_core import NotFoundError
from quilt_core.domain.packages import DeletionResult

from ..harness import Mutant, answer, edit, evolve, swallow

DROP = "package.revisions = [r for r in package.revisions if r.top_hash not in doomed]"
NOTHING = DeletionResult(package_name="a/b", registry="s3://x-y-z", deleted=(), failed=())

MUTANTS = [
    Mutant("delete reports too little", "D-1", answer("delete_package", evolve(deleted=lambda r: r.deleted[:1]))),
    Mutant("delete reports the oldest revision first", "D-1", answer("delete_package", evolve(deleted=lambda r: r.deleted[::-1]))),
    Mutant("delete deletes nothing", "D-1", edit("revisions", DROP, "pass", "if package.latest in doomed:", "if False:")),
    Mutant("delete removes only the latest pointer", "D-1", edit("revisions", DROP, "pass")),
    Mutant("delete removes every package of the registry", "D-1", edit("revisions", "self._session.catalog.packages.pop((bucket, package_name), None)", "[self._session.catalog.packages.pop(key) for key in list(self._session.catalog.packages) if key[0] == bucket]")),
    Mutant("delete removes the package in every registry", "D-20", edit("revisions", "self._session.catalog.packages.pop((bucket, package_name), None)", "[self._session.catalog.packages.pop(key) for key in list(self._session.catalog.packages) if key[1] == package_name]")),
    Mutant("deleting a revision deletes the package", "D-2", edit("revisions", "if top_hash is not None:", "if False:")),
    Mutant("deleting a revision deletes the latest", "D-2", edit("revisions", "self._session.revision(registry, package_name, top_hash).top_hash]", "self._session.revision(registry, package_name, RevisionRef.parse(None)).top_hash]")),
    Mutant("deleting the latest revision moves latest to the oldest", "D-21", edit("revisions", "found = max(revisions", "found = min(revisions")),
    Mutant("deleting the latest revision leaves no latest", "D-2", edit("revisions", "package.latest = _newest(package.revisions)", "package.latest = None")),
    Mutant("deleting the latest revision leaves latest pointing at nothing", "D-2", edit("revisions", "if package.latest in doomed:", "if False:")),
    Mutant("deleting an old revision moves latest", "D-22", edit("revisions", "if package.latest in doomed:", "if True:")),
    Mutant("one of two pointers of a revision stays", "D-23", edit("revisions", DROP, "first = next(r for r in package.revisions if r.top_hash in doomed)\n            package.revisions = [r for r in package.revisions if r.top_hash not in doomed or (top_hash is not None and r is not first)]")),
    Mutant("the newest of two pointers is deleted", "D-23", edit("revisions", DROP, "last = [r for r in package.revisions if r.top_hash in doomed][-1]\n            package.revisions = [r for r in package.revisions if r.top_hash not in doomed or (top_hash is not None and r is not last)]")),
    Mutant("the last revision leaves an empty package", "D-24", edit("revisions", "if not package.revisions:", "if False:", "if package.latest in doomed:", "if package.latest in doomed and top_hash is None:"), ),
    Mutant("deleting a missing package raises no error", "D-3", swallow("delete_package", NOTHING, NotFoundError)),
    Mutant("deleting an unknown revision deletes the package", "D-3", edit("revisions", "doomed = [self._session.revision(registry, package_name, top_hash).top_hash]", "try:\n                    doomed = [self._session.revision(registry, package_name, top_hash).top_hash]\n                except Exception:\n                    pass")),
    Mutant("a reader may delete", "D-4", edit("revisions", "package = self._session.package(registry, package_name)\n            self._session.writing(registry)", "package = self._session.package(registry, package_name)")),
    Mutant("errors of deletions do not name the outcome", "D-3", edit("revisions", "with outcome_unless_told(Outcome.NOT_WRITTEN):\n            package", "if True:\n            package")),
    Mutant("another package with the same content loses its revision", "D-25", edit("revisions", DROP, DROP + "\n            for other in self._session.catalog.packages.values():\n                other.revisions = [r for r in other.revisions if r.top_hash not in doomed]")),
    Mutant("an ambiguous prefix deletes the first", "D-26", edit("session", "wanted = resolve_prefix(ref.value, hashes, name, registry)", 'wanted = next((one for one in hashes if one.startswith(ref.value)), "")')),
    Mutant("only 100 revisions are deleted", "D-27", edit("revisions", "doomed = [one.top_hash for one in newest_first]", "doomed = [one.top_hash for one in newest_first][:100]")),
    Mutant("the package's objects are deleted too", "D-28", edit("revisions", DROP, "self._session.catalog.objects.clear()\n            " + DROP)),
]  # fmt: skip
