"""Faults in pushes, downloads, verifications and reading of files."""

# ruff: noqa: E501 - one line per mutant
from __future__ import annotations

import io
from typing import Any

import attrs

from quilt_core import NotFoundError, NotSupportedError, ProtocolError, hookimpl
from quilt_core.manifest import EntryHash, hash_bytes

from ..harness import Mutant, Wrapper, answer, answer_refusals, edit, evolve, swallow


class UploadsEverything:
    """Pushes that ignore what is already stored: every file is uploaded again."""

    @hookimpl(wrapper=True)
    def browse_content(self, recursive: bool) -> Any:
        given = yield
        return [attrs.evolve(item, hash=None) for item in given] if recursive else given


class ComparesNothing:
    """Downloads that accept any bytes, because the hash is computed from them."""

    @hookimpl(wrapper=True)
    def browse_content(self, recursive: bool) -> Any:
        given = list((yield))
        if not recursive:
            return given
        return [
            attrs.evolve(item, hash=hash_bytes(b"bad bytes") if item.path == "bad" else item.hash)
            for item in given
        ]


def other(found: EntryHash) -> EntryHash:
    """A hash of the same type with a different value."""
    return EntryHash(found.type, "A" * len(found.value))


MUTANTS = [
    Mutant("every push uploads everything", "T-22", Wrapper(UploadsEverything())),
    Mutant("an upload reports another hash", "T-20", answer("put_object", evolve(hash=lambda o: other(o.hash)))),
    Mutant("push counts no bytes", "T-20", answer("push_package", evolve(total_bytes=0))),
    Mutant("push reports unchanged files as changed", "T-22", answer("push_package", evolve(changed=lambda r: r.unchanged, unchanged=()))),
    Mutant("push hides removals", "T-23", answer("push_package", evolve(removed=()))),
    Mutant("push reports what it did not write", "T-27", answer("push_package", evolve(written=True))),
    Mutant("push does not report the previous hash", "T-28", answer("push_package", evolve(previous_top_hash=None))),
    Mutant("a download takes the hash of the received bytes as the expected one", "T-37", Wrapper(ComparesNothing())),
    Mutant("download reports all files as downloaded", "T-35", answer("download_package", evolve(downloaded=lambda r: r.downloaded + r.unchanged, unchanged=()))),
    Mutant("download hides deletions", "T-41", answer("download_package", evolve(deleted=()))),
    Mutant("verify reports that everything is right", "T-42", answer("verify_package", evolve(missing=(), extra=(), differing=()))),
    Mutant("verify does not report additional files", "T-42", answer("verify_package", evolve(extra=()))),
    Mutant("reading stops early", "T-45", answer("read_content", lambda data: data[:-1])),
    Mutant("a file is opened at its end", "T-45", answer("open_content", lambda file: io.BytesIO(b""))),
    Mutant("a missing file is empty", "T-46", swallow("read_content", b"", NotFoundError)),
    # Pushes
    Mutant("objects are stored outside the package's folder", "T-21", edit("composition.push_plan", 'f"{root}{package_name}/")', "root)")),
    Mutant("a renamed file is uploaded again", "T-22", edit("composition.holdings", "if not rows:\n            return None", "if True:\n            return None")),
    Mutant("a merge removes what the source lacks", "T-23", edit("composition.push", "return self.request.mode is PushMode.MERGE and self.base is not None", "return False")),
    Mutant("a push always merges", "T-23", edit("composition.push", "return self.request.mode is PushMode.MERGE and self.base is not None", "return self.base is not None")),
    Mutant("a merge that changes nothing is written", "T-23", edit("composition.push", "        if self._changes_nothing(entries):", "        if False:")),
    Mutant("a push without metadata drops it", "T-24", edit("composition.push", "metadata = self.base.metadata", "metadata = None")),
    Mutant("an empty mapping of metadata counts as none", "T-24", edit("composition.push", "if metadata is None and self.base is not None:", "if not metadata and self.base is not None:")),
    Mutant("metadata of files is dropped", "T-24", edit("composition.push_results", "present = json.loads(former) if former else {}", "present: dict[str, Any] = {}")),
    Mutant("metadata of files cannot be removed", "T-24", edit("composition.push_results", "present if given is None else dict(given)", "dict(given or present)")),
    Mutant("nested ignore files are not read", "T-25", edit("transfer.patterns", "spec = self._specs.get(folder)", 'spec = self._specs.get("") if not folder else None')),
    Mutant("the ignore file at the top is not read", "T-25", edit("transfer.patterns", "spec = self._specs.get(folder)", "spec = self._specs.get(folder) if folder else None")),
    Mutant("exclude is ignored", "T-25", edit("transfer.patterns", "return self._exclude is None or not self._exclude.match_file(key)", "return True")),
    Mutant("include is ignored", "T-25", edit("transfer.patterns", "if self._include is not None and not self._include.match_file(key):", "if False:")),
    Mutant("files that cannot be pushed are left out", "T-26", edit("composition.push_plan", "if problems:", "if False:")),
    Mutant("only the first file that cannot be pushed is reported", "T-26", edit("composition.push_plan", 'context={"failures": problems}', 'context={"failures": dict(list(problems.items())[:1])}')),
    Mutant("a push of nothing is published", "T-26", edit("composition.push_plan", "if not items:", "if False:")),
    Mutant("a dry run of a push publishes", "T-27", edit("composition.push", "if not request.dry_run:", "if True:")),
    Mutant("a push ignores the expected revision", "T-28", edit("composition.push", "if expected_latest(request.expected_top_hash) != found:", "if False:", "expected = request.expected_top_hash\n", "expected = None\n")),
    Mutant("a refused push does not know its outcome", "T-29", edit("composition.push", "with_outcome(error, Outcome.NOT_WRITTEN)", "with_outcome(error, Outcome.UNKNOWN)", '{"outcome": Outcome.NOT_WRITTEN.value}', '{"outcome": Outcome.UNKNOWN.value}')),
    Mutant("metadata of files that are not pushed is dropped", "T-30", edit("composition.push_plan", "if unknown:", "if False:")),
    Mutant("a push treats files of equal size as equal", "T-31", edit("composition.holdings", "if former is not None and former.hash == found and former.size == size:", "if former is not None and former.hash is not None and former.size == size:")),
    Mutant("obstacles to a merge are not reported", "T-32", edit("composition.push", "return tuple(holdings.replaced_by(plan.keys()))", "return ()")),
    # Downloads
    Mutant("a download writes everything again", "T-35", edit("composition.download", "return found == item.hash", "return False")),
    Mutant("a download ignores the path", "T-36", edit("composition.download", "listing = calls.browse(name, registry, ref, request.path,", 'listing = calls.browse(name, registry, ref, "",')),
    Mutant("a download is always of the latest revision", "T-36", edit("composition.download", "ref = RevisionRef.parse(top_hash)", "ref = RevisionRef.parse(None)")),
    Mutant("a dry run of a download writes", "T-36", edit("composition.download", "if not request.dry_run:\n            work.fetch", "if True:\n            work.fetch")),
    Mutant("a download ignores exclude", "T-36", edit("composition.download", "if not selection.takes(item.path):", "if False:")),
    Mutant("the bytes of a download are not compared", "T-37", edit("composition.download", "if item.hash is not None and found != item.hash:\n        raise", "if False:\n        raise")),
    Mutant("an error of a download swaps its hashes", "T-37", edit("composition.content", '"expected": expected,', '"expected": found,', '"found": found,', '"found": expected,')),
    Mutant("hashes of older types are not compared", "T-38", edit("composition.download", "if item.hash is not None and found != item.hash:\n        raise", "if item.hash is not None and item.hash.type == SHA256_CHUNKED and found != item.hash:\n        raise", "if item.hash is None or not can_hash(item.hash.type):", "if item.hash is None or item.hash.type != SHA256_CHUNKED:")),
    Mutant("a download writes where a key leads", "T-39", edit("composition.download", "if problems:\n        raise", "if False:\n        raise")),
    Mutant("a download follows links of folders", "T-40", edit("composition.download", "elif target.leaves(item.path):", "elif False:")),
    Mutant("a download writes through links of files", "T-40", edit("composition.places", "os.replace(temporary, place)", "(shutil.copyfile(temporary, place), os.unlink(temporary))")),
    Mutant("a dry run of a download does not find what is in the way", "C-51", edit("composition.download", "work.check_places(plan)", "request.dry_run or work.check_places(plan)")),
    Mutant("a download finds what is in the way when it writes", "C-51", edit("composition.download", "work.check_places(plan)", "pass")),
    Mutant("a download does not look for folders in the places of files", "C-51", edit("composition.download", "self._obstacles[item.path] = is_a_folder(place)\n", "pass\n")),
    Mutant("a download does not look for files in the places of folders", "C-51", edit("composition.places", "        found = _not_a_folder(folder)", "        found = None")),
    Mutant("delete removes files that a user changed", "T-41", edit("composition.superseded", "        same = found == written.state", "        same = found is not None")),
    Mutant("a dry run deletes", "T-41", edit("composition.superseded", "elif self._request.dry_run:\n", "elif False:\n")),
    Mutant("delete does nothing", "T-41", edit("composition.download", "if request.delete else None", "if False else None")),
    # Verification and reading
    Mutant("verify compares only sizes", "T-42", edit("composition.verify", "return None if found == item.hash else", "return None if True else")),
    Mutant("verify reports a difference of sizes as one of hashes", "T-42", edit("composition.verify", '_difference(item, "size",', '_difference(item, "hash",')),
    Mutant("a file is read in the latest revision", "T-45", edit("composition.content", "calls.browse(name, registry, ref,", "calls.browse(name, registry, RevisionRef.parse(None),")),
    Mutant("a directory is read as its first file", "T-46", edit("composition.content", "if first is None or first.path != path or first.is_directory:", "first = first or next(calls.browse(name, registry, ref, path, recursive=True))\n    if False:")),
    Mutant("an object of another size is opened as the file", "C-50", edit("composition.content", "    if size != item.size:", "    if False:")),
    Mutant("a longer object is opened as the file", "C-50", edit("composition.content", "    if size != item.size:", "    if size < item.size:")),
    Mutant("an empty object is opened as the file", "C-50", edit("composition.content", "    if size != item.size:", "    if size not in (0, item.size):")),
    Mutant("a backend opens a cut file", "C-50", swallow("open_content", io.BytesIO(b"a,b\n"), ProtocolError)),
    Mutant("a backend reads a cut file", "C-50", swallow("read_content", b"a,b\n", ProtocolError)),
    Mutant("the size limit for reading is ignored", "T-46", edit("composition.content", "if limit is not None and item.size > limit:", "if False:")),
    Mutant("a local file is missing", "T-47", swallow("read_content", b"", NotSupportedError)),
    Mutant("a file of exactly the size limit is refused", "T-46", edit("composition.content", "item.size > limit", "item.size >= limit")),
    Mutant("an entry that is not an object is read as empty", "T-47", answer_refusals("read_content", b"")),
    Mutant("an entry that is not an object is opened as empty", "T-47", answer_refusals("open_content", io.BytesIO())),
    Mutant("a push asks for the workflow only after the uploads", "T-56", edit("composition.push", "partial(writing.check_workflow, entries)", "lambda: None")),
    Mutant("a push asks for the default workflow only after the uploads", "T-56", edit("composition.push", "is not DEFAULT_WORKFLOW or self._may_have_workflows()", "is not DEFAULT_WORKFLOW")),
    Mutant("a push asks only for the default workflow before the uploads", "T-56", edit("composition.push", "if self.request.workflow is not DEFAULT_WORKFLOW or self._may_have_workflows():", "if self.request.workflow is DEFAULT_WORKFLOW and self._may_have_workflows():")),
    Mutant("a dry run of a push passes every workflow", "T-56", edit("composition.push", "writing.try_out(prepared) if request.dry_run else ((), ())", "((), ())")),
    Mutant("a dry run looks for objects that are only planned", "T-56", edit("revisions", "if dry_run and entry.is_planned:", "if False:")),
    Mutant("a dry run of an update passes every workflow", "T-56", edit("revisions", "passed = self._workflow(request)", "passed = UNSET if request.dry_run and request.operation == 'update_package_revision' else self._workflow(request)")),
    Mutant("a dry run of a push does not say that it cannot know about versions", "T-57", edit("composition.push", "unchecked=(*unchecked, *versions)", "unchecked=unchecked")),
    Mutant("a permitted dry run of a push does not know about versions", "T-57", edit("revisions.versions", "if self.allowed or self._is_known() or self._shown():", "if self._is_known() or self._shown():")),
    Mutant("a push never knows about versions", "T-57", edit("composition.versions", "else shows_versions(info.version)", "else None")),
    Mutant("a dry run of a push says that something is unchecked", "T-56", answer("push_package", lambda found: attrs.evolve(found, unchecked=("workflow",)) if found.dry_run else found)),
]  # fmt: skip
