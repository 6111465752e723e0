"""An eighth batch of faults, written without looking at the others, that the suite let pass at
first."""

# ruff: noqa: E501 - one line per mutant
from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from quilt_core.errors import QuiltOpsError

from ..harness import Mutant, answer, each, edit, evolve, refuse


def without(key: str) -> Callable[[QuiltOpsError], QuiltOpsError]:
    """The same error without one key of its context."""

    def change(error: QuiltOpsError) -> QuiltOpsError:
        context = {name: value for name, value in error.context.items() if name != key}
        return type(error)(error.message, hint=error.hint, context=context)

    return change


def texts(change: Callable[[str], Any]) -> Callable[[Any], Any]:
    """Every string of the metadata is changed, at any depth."""

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: walk(item) for key, item in value.items()}
        if isinstance(value, list):
            return [walk(item) for item in value]
        return change(value) if isinstance(value, str) else value

    return walk


_KINDS = "if not isinstance(value, str):\n        return False"
_BOOLEAN = "isinstance(value, bool) and value is predicate.boolean"
_STARTING = "package = self._session.package(registry, package_name)\n        newest"

MUTANTS = [
    Mutant("the error does not name the package", "R-9", refuse("get_package_info", without("package"))),
    Mutant("the error does not name the registry", "R-9", refuse("list_package_versions", without("registry"))),
    Mutant("the error does not name the revision", "R-9", refuse("get_package_metadata", without("top_hash"))),
    Mutant("the error of a path has no path", "C-12", refuse("browse_content", without("path"))),
    Mutant("the error of a path without a URL has no path", "C-12", refuse("get_content_url", without("path"))),
    Mutant("the error of a write does not name the object", "W-17", refuse("create_package_revision", without("uri"))),
    Mutant("information names the default registry", "R-63", answer("get_package_info", evolve(registry="s3://memory-bucket"))),
    Mutant("versions are those of all packages whose names begin in the same way", "R-14", edit("packages", _STARTING, _STARTING.replace("\n", "\n        package = type(package)([r for (b, n), p in self._session.catalog.packages.items() if b == registry.bucket and str(n).startswith(str(package_name)) for r in p.revisions], package.latest)\n", 1))),
    Mutant("line endings in messages are normalised", "W-70", answer("get_package_info", evolve(message=lambda i: i.message and i.message.replace("\r\n", "\n")))),
    Mutant("strings that look like numbers become numbers", "R-61", answer("get_package_metadata", texts(lambda t: int(t) if t.isdigit() else t))),
    Mutant("strings that look like times are rewritten", "R-61", answer("get_package_metadata", texts(lambda t: t.replace("Z", "+00:00") if re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]+Z", t) else t))),
    Mutant("the workflow of an earlier revision is that of the latest", "R-64", edit("packages", "        return describe(package_name, registry, revision)\n", "        last = self._session.revision(registry, package_name, RevisionRef.parse(None)) if self._session.package(registry, package_name).latest else revision\n        import attrs\n        return attrs.evolve(describe(package_name, registry, revision), workflow=last.header.workflow_id)\n")),
    Mutant("hits have no workflow", "R-64", answer("search_packages", each(workflow=None))),
    Mutant("a query over metadata finds parts of words", "S-32", edit("search.conditions", 'return _text_fits(value, predicate.text or "")', 'return (predicate.text or "").lower() in value.lower()')),
    Mutant("a query over metadata is ignored", "S-32", edit("search.conditions", 'return _text_fits(value, predicate.text or "")', "return True")),
    Mutant("a metadata wildcard matches a part of the text", "S-32", edit("search.conditions", "matches_wildcard(value, predicate.wildcard)", "matches_wildcard(value, f'*{predicate.wildcard}*')")),
    Mutant("a metadata wildcard ignores case", "S-32", edit("search.conditions", "matches_wildcard(value, predicate.wildcard)", "matches_wildcard(value.lower(), predicate.wildcard.lower())")),
    Mutant("keywords match numbers", "S-32", edit("search.conditions", _KINDS, "value = str(value)")),
    Mutant("the string 'true' counts as true", "S-32", edit("search.conditions", _BOOLEAN, "str(value).lower() == str(predicate.boolean).lower()")),
    Mutant("a missing value counts as false", "S-32", edit("search.conditions", _BOOLEAN, "bool(value) is predicate.boolean")),
    Mutant("parentheses have no special meaning", "S-33", edit("search.syntax", "    tokens, position, stripped = [], 0, text.rstrip()\n", "    text = text.replace('(', ' ').replace(')', ' ') if text.count('(') == text.count(')') else text\n    tokens, position, stripped = [], 0, text.rstrip()\n")),
    Mutant("NOT is searched for as a word", "S-33", edit("search.syntax", '(token.kind == "word" and token.text == "NOT")', "False")),
    Mutant("words contain only ASCII characters", "S-33", edit("search.text", '_WORD = re.compile(r"\\w+")', '_WORD = re.compile(r"[a-zA-Z0-9_]+")')),
    Mutant("values in lists are not searched", "S-33", edit("search.text", "                waiting.append(iter(one))\n                break\n", "                continue\n")),
    Mutant("numbers are not searched", "S-33", edit("search.text", "            if one is not None:\n                yield str(one)", "            if isinstance(one, str):\n                yield one")),
    Mutant("revisions with the same message are one hit", "S-34", answer("search_packages", lambda hits: list({(i.name, i.message): i for i in hits}.values()))),
    Mutant("packages with the same top hash are one hit", "S-34", answer("search_packages", lambda hits: list({i.top_hash: i for i in hits}.values()))),
    Mutant("entries given below a removed directory are removed", "W-31", edit("revisions.plan", "    new, keys = _ordered(entries)\n", "    new, keys = _ordered([one for one in entries if not {*parents(one.logical_key)} & {*remove}])\n")),
    Mutant("the catalog link of a promotion leads to its source", "L-1", edit("revisions", "catalog_url=catalog_package_url(catalog.catalog_url, registry, name, revision", "catalog_url=catalog_package_url(catalog.catalog_url, Registry(bucket='memory-bucket'), name, revision")),
    Mutant("an explicit None selects the default workflow", "L-24", edit("revisions", "if workflow is DEFAULT_WORKFLOW else workflow\n        url", "if workflow is DEFAULT_WORKFLOW or workflow is None else workflow\n        url")),
    Mutant("an object without a version has the version null", "F-15", answer("put_object", evolve(version=lambda stored: stored.version or "null"))),
    Mutant("a plus sign in a key is listed as a space", "F-1", answer("list_objects", each(uri=lambda item: item.uri.replace("%2B", "%20").replace("+", "%20")))),
    Mutant("old versions are listed, too", "F-4", edit("objects", "for version in [next(reversed(versions))]", "for version in versions")),
    Mutant("an empty object does not replace an existing one", "F-4", edit("objects", "            data = _read(source)\n", "            data = _read(source)\n            if not data and (uri.bucket, uri.key) in self._session.catalog.objects:\n                data = self._session.catalog.find_object(uri)[1].data\n")),
    Mutant("a deleted role stays with its policies", "P-12", edit("access", "        self._save(attrs.evolve(role, policies=()))\n", "")),
    Mutant("the weakest permission of the policies applies", "P-15", edit("store", "        return max(\n            levels,", "        return min(\n            levels,")),
    Mutant("the name of a deleted user stays taken", "U-1", edit("admin", "        del self._session.catalog.users[name]\n", "        del self._session.catalog.users[name]\n        vars(self._session.catalog).setdefault('gone', set()).add(name)\n", "        if name in self._session.catalog.users:\n", "        if name in (*self._session.catalog.users, *vars(self._session.catalog).get('gone', ())):\n")),
    Mutant("every change of a user counts as a login", "U-11", edit("admin", "attrs.evolve(self._find(name), **changes)", "attrs.evolve(self._find(name), last_login=self._session.catalog.now(), **changes)")),
    Mutant("a merge of nothing but new metadata is not published", "T-23", edit("composition.push", "not (entries or self.request.metadata)", "not entries")),
    Mutant("a push does not report the revision that it starts from", "T-33", edit("composition.push", "expected = self.base.top_hash if self.base else NO_REVISION", "expected = None")),
]  # fmt: skip
