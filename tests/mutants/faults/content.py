"""Faults in browsing and content URLs."""

# ruff: noqa: E501 - one line per mutant
from __future__ import annotations

import unicodedata

from quilt_core import NotFoundError

from ..harness import Mutant, answer, each, edit, swallow

MUTANTS = [
    Mutant("browse drops the last item", "C-1", answer("browse_content", lambda a: a[:-1])),
    Mutant("a level is cut off after 100 items", "C-10", answer("browse_content", lambda a: a[:100])),
    Mutant("a level is cut off after 1,000 items", "C-30", answer("browse_content", lambda a: a[:1000])),
    Mutant("content is cut off after 1,000 items", "C-10", edit("content", "return [file_info(below[key]) for key in sorted(below, key=sort_key)]", "return [file_info(below[key]) for key in sorted(below, key=sort_key)][:1000]")),
    Mutant("content is cut off after 10,000 items", "C-10", edit("content", "return [file_info(below[key]) for key in sorted(below, key=sort_key)]", "return [file_info(below[key]) for key in sorted(below, key=sort_key)][:10_000]")),
    Mutant("a level lists files first", "C-1", answer("browse_content", lambda a: a[::-1])),
    Mutant("a level mixes files and directories", "C-1", edit("content", "return directories + [file_info(e) for e in sorted(files, key=lambda e: e.logical_key)]", "return sorted(directories + [file_info(e) for e in files], key=lambda i: i.path)")),
    Mutant("paths of a level end in a slash", "C-1", answer("browse_content", each(path=lambda i: i.path + "/"))),
    Mutant("a level lists relative paths", "C-1", answer("browse_content", each(path=lambda i: i.path.rpartition("/")[2]))),
    Mutant("browse loses metadata", "C-1", answer("browse_content", each(metadata={}))),
    Mutant("browse returns the entry's whole meta", "C-1", edit("content", "metadata=to_plain(entry.user_meta)", "metadata=dict(entry.meta)")),
    Mutant("browse returns no sizes", "C-1", answer("browse_content", each(size=0))),
    Mutant("directories have no size", "C-1", edit("content", "size=sizes[name]", "size=0")),
    Mutant("directories count only the files directly in them", "C-1", edit("content", "sizes[name] = sizes.get(name, 0) + entry.size", 'sizes[name] = sizes.get(name, 0) + (0 if "/" in _ else entry.size)')),
    Mutant("browse loses versions", "C-1", answer("browse_content", each(physical_key=lambda i: i.physical_key and i.physical_key.partition("?")[0]))),
    Mutant("browse returns nothing instead of an error", "C-4", swallow("browse_content", [], NotFoundError)),
    Mutant("a path is matched as a text prefix", "C-4", edit("content", 'prefix = f"{path}/" if path else ""', "prefix = path")),
    Mutant("a file that is a prefix of others is not found", "C-3", edit("content", "if path in revision.entries:", "if path in revision.entries and not any(key.startswith(path) and key != path for key in revision.entries):")),
    Mutant("a file's path returns nothing recursively", "C-3", edit("content", "if path in revision.entries:", "if path in revision.entries and recursive:\n            return []\n        if path in revision.entries:")),
    Mutant("recursive order is that of plain text", "C-5", edit("content", "sorted(below, key=sort_key)", "sorted(below)")),
    Mutant("recursive order ignores case", "C-5", edit("content", "sorted(below, key=sort_key)", "sorted(below, key=lambda key: [part.casefold() for part in key.split('/')])")),
    Mutant("recursive listing forgets the path", "C-5", edit("content", "if recursive:", "if recursive and path:\n            below = dict(revision.entries)\n        if recursive:")),
    Mutant("a recursive listing has only one level", "C-5", edit("content", "if recursive:", 'below = {k: e for k, e in below.items() if k.count("/") < 2} if recursive else below\n        if recursive:')),
    Mutant("percent signs are decoded", "C-6", edit("content", "if path in revision.entries:", 'from urllib.parse import unquote_plus\n        path = unquote_plus(path)\n        if path in revision.entries:')),
    Mutant("paths are decoded in answers", "C-6", answer("browse_content", each(path=lambda i: i.path.replace("+", " ")))),
    Mutant("keys that differ in case are treated as one", "C-6", answer("browse_content", lambda a: list({i.path.casefold(): i for i in a}.values()))),
    Mutant("keys are normalised to NFC", "C-31", answer("browse_content", each(path=lambda i: unicodedata.normalize("NFC", i.path)))),
    Mutant("requested keys are normalised to NFC", "C-31", edit("content", "if path in revision.entries:", 'import unicodedata\n        path = unicodedata.normalize("NFC", path)\n        if path in revision.entries:')),
    Mutant("keys are stripped", "C-31", answer("browse_content", each(path=lambda i: i.path.strip()))),
    Mutant("dots at the beginning hide a file", "C-31", answer("browse_content", lambda a: [i for i in a if not i.path.startswith(".")])),
    Mutant("dots at the end are dropped", "C-31", answer("browse_content", each(path=lambda i: i.path.rstrip(".")))),
    Mutant("directory metadata is lost", "C-7", edit("content", 'directory_metadata(revision.directories.get(f"{prefix}{name}/"))', "{}")),
    Mutant("an earlier revision has the directory metadata of the latest", "C-8", edit("content", "        return _level(revision, prefix, below)\n", "        latest = self._session.revision(registry, package_name, RevisionRef.parse(None))\n        return _level(attrs.evolve(revision, directories=latest.directories), prefix, below)\n", "import annotations\n", "import annotations\nimport attrs\n")),
    Mutant("directory metadata of the top level only", "C-7", edit("content", 'revision.directories.get(f"{prefix}{name}/")', 'revision.directories.get(f"{name}/")')),
    Mutant("browse always returns the latest revision", "C-8", edit("content", "revision = self._session.revision(registry, package_name, top_hash)\n        if path in revision.entries:", "revision = self._session.revision(registry, package_name, RevisionRef.parse(None))\n        if path in revision.entries:")),
    Mutant("an object without a version gets one", "C-9", answer("browse_content", each(physical_key=lambda i: i.physical_key if i.is_directory or "?" in i.physical_key else i.physical_key + "?versionId=null"))),
    Mutant("the content of a hidden registry is read", "C-32", edit("content", "revision = self._session.revision(registry, package_name, top_hash)\n        if path in revision.entries:", "own = self._session.catalog.packages.get((str(registry.bucket), package_name))\n        revision = own.revisions[-1] if own else self._session.revision(registry, package_name, top_hash)\n        if path in revision.entries:")),
    Mutant("entry metadata loses nulls", "C-1", answer("browse_content", each(metadata=lambda i: {k: [x for x in v if x is not None] for k, v in i.metadata.items()}))),
    Mutant("entry metadata turns integers into floats", "C-33", answer("browse_content", each(metadata=lambda i: {k: float(v) if type(v) is int else v for k, v in i.metadata.items()}))),
    Mutant("entry metadata drops keys whose value is null", "C-33", answer("browse_content", each(metadata=lambda i: {k: v for k, v in i.metadata.items() if v is not None}))),
    Mutant("entry metadata sorts its keys", "C-33", answer("browse_content", each(metadata=lambda i: dict(sorted(i.metadata.items()))))),
    # Content URLs
    Mutant("the URL is that of another object", "C-20", answer("get_content_url", lambda u: "data:,x;base64,AAAA")),
    Mutant("the URL returns the current version", "C-21", edit("content", "return self._session.data_url(entry)", 'from msgspec import structs\n            return self._session.data_url(structs.replace(entry, physical_key=entry.physical_key.partition("?")[0]))')),
    Mutant("the URL belongs to the latest revision", "C-21", edit("content", "revision = self._session.revision(registry, package_name, top_hash)\n        entry", "revision = self._session.revision(registry, package_name, RevisionRef.parse(None))\n        entry")),
    Mutant("a directory has a URL", "C-22", edit("content", "raise not_a_file(path, package_name, registry)", "return self._session.data_url(next(iter(revision.entries.values())))")),
    Mutant("a directory is not found", "C-22", edit("content", "raise not_a_file(", "raise path_not_found(")),
    Mutant("a missing file has a URL", "C-22", swallow("get_content_url", "https://example.com/x", NotFoundError)),
    Mutant("a content URL needs no permission for the registry", "C-34", edit("content", "revision = self._session.revision(registry, package_name, top_hash)\n        entry", "own = self._session.catalog.packages.get((str(registry.bucket), package_name))\n        revision = own.revisions[-1] if own else self._session.revision(registry, package_name, top_hash)\n        entry")),
    Mutant("anonymous users get a content URL", "C-34", edit("content", "revision = self._session.revision(registry, package_name, top_hash)\n        entry", 'self._session = Session(self._session.catalog, "reader")\n        revision = self._session.revision(registry, package_name, top_hash)\n        entry')),
]  # fmt: skip
