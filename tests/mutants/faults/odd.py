"""Faults with packages that other programs wrote, or that are damaged.

The in-memory backend stores no manifests, so these faults spoil the quilt3 backend on a folder.
"""

# ruff: noqa: E501 - one line per mutant
from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import quilt3_backend.backend  # noqa: F401 - loads what is spoilt

import quilt_core
from quilt_core import NotFoundError, ProtocolError
from quilt_core.manifest import ManifestError
from quilt_core.testing.conformance.environment import TestUser

from ...integration.conformance.test_quilt3_folder import FolderEnvironment
from ..harness import Edit, Fault, Mutant, answer, edit, swallow


class SpoiltFolder(FolderEnvironment):
    """A folder whose connections have extensions that spoil them."""

    def __init__(self, extensions: list[object]) -> None:
        self._temporary = TemporaryDirectory()
        self._extensions = extensions
        super().__init__(Path(self._temporary.name))

    def connect(self, user: TestUser = TestUser.WRITER) -> quilt_core.QuiltOps:
        return quilt_core.connect(
            "quilt3",
            registry=self.registry,
            use_quilt3_login=False,
            extensions=self._extensions,
        )

    def close(self) -> None:
        self._temporary.cleanup()


def on_folder(what: str, behaviour: str, fault: Fault) -> Mutant:
    """A mutant of the quilt3 backend."""
    return Mutant(what, behaviour, fault, SpoiltFolder)


def store(old: str, new: str) -> Edit:
    """A different source text in the module that stores packages in a folder."""
    return Edit("quilt3_backend.stores.local", ((old, new),))


MUTANTS = [
    on_folder("a recursive listing is sorted by whole keys", "C-40", answer("browse_content", lambda a: sorted(a, key=lambda i: i.path))),
    on_folder("a duplicate key gives two entries", "C-41", edit("manifest.read", "if key == previous:", "if False:")),
    on_folder("folders of other names are packages", "R-34", store('if is_package_name(name := f"{namespace.name}/{package.name}")', 'if (name := f"{namespace.name}/{package.name}")')),
    on_folder("a folder with any file is a package", "R-34", store("and any(_pointers(package))", "and any(package.iterdir())")),
    on_folder("lines without physical keys are skipped", "R-50", edit("manifest.read", "if b'\"physical_keys\"' not in line:\n                record", "if b'\"physical_keys\"' not in line:\n                continue\n                record")),
    on_folder("a damaged manifest has no information", "R-50", swallow("get_package_info", None, ManifestError)),
    on_folder("a missing manifest is reported as a missing revision", "R-51", store("raise dangling_pointer(top_hash, FileUri(path).url) from error", 'raise NotFoundError(f"There is no {top_hash}.") from error')),
    on_folder("revisions without manifests have no versions", "R-51", swallow("list_package_versions", [], ProtocolError)),
    on_folder("a damaged pointer is reported as a missing revision", "R-52", store("return parse_pointer(_read_pointer(path), FileUri(path).url)", 'text = _read_pointer(path)\n            if len(text) != 64:\n                raise NotFoundError(f"There is no revision {text!r}.")\n            return parse_pointer(text, FileUri(path).url)')),
    on_folder("a listing of a file is the file", "F-72", Edit("quilt3_backend.stores.files", (('            raise ValidationError(f"{folder} is a file, not a folder.")', "            return iter([describe_file(folder)])"),))),
    on_folder("a listing of a file is empty", "F-72", Edit("quilt3_backend.stores.files", (("        there = folder.exists()\n", "        there = folder.is_dir()\n"),))),
    on_folder("files whose names begin with a dot are not listed", "F-64", Edit("quilt3_backend.stores.files", (("    for name, entry in sorted(found, key=lambda one: one[0]):", "    for name, entry in sorted([one for one in found if one[0][0] != '.'], key=lambda one: one[0]):"),))),
    on_folder("reading makes a folder that is missing", "R-120", store("            if not self.folder.is_dir():\n                raise registry_not_found(self.registry)\n", "            self.folder.mkdir(parents=True, exist_ok=True)\n")),
    on_folder("a folder that is missing has no packages", "R-120", store("            if not self.folder.is_dir():\n                raise registry_not_found(self.registry)\n", "")),
    on_folder("nothing is found in a folder that is missing", "R-120", swallow("search_packages", [], NotFoundError)),
    on_folder("a folder that is missing has no name", "R-120", store("raise registry_not_found(self.registry)", 'raise NotFoundError("There is no registry.")')),
    on_folder("a damaged pointer lists nothing", "R-52", swallow("browse_content", [], ProtocolError)),
]  # fmt: skip
