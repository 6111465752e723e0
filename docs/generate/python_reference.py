"""Write docs/reference/python from the docstrings of what users call.

python docs/generate/python_reference.py [--check]
"""

from __future__ import annotations

import doctest
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import griffe

sys.path.insert(0, str(Path(__file__).parent))
from page import REFERENCE, format_blocks, write_page
from python_pages import ALIASES, HEAD, IN_PROSE, PAGES, PARAMETERS, ReferencePage

ROOT = Path(__file__).resolve().parents[2]
_WIDTH = 92
_NAME = r"\*{0,2}\w+"
_WITH_COLON = re.compile(rf"^({_NAME}(?:, {_NAME})*):$", re.MULTILINE)
_QUOTED = re.compile(r"(?<![\[`])`([A-Za-z_][\w.]*)(\([^`]*\))?`(?![`\]])")
_USUAL = "every operation that asks the registry"


def load() -> griffe.ModulesCollection:
    """The sources, which are read but not imported."""
    loader = griffe.GriffeLoader(
        search_paths=[ROOT, ROOT / "packages" / "registry_client", ROOT / "plugins/local_registry"],
        allow_inspection=False,
    )
    for name in ("quilt_core", "quilt_registry", "local_registry"):
        loader.load(name, submodules=True)
    loader.resolve_aliases(implicit=False, external=False)
    return loader.modules_collection


class Writer:
    """Writes pages, with links between the objects that they describe."""

    def __init__(self) -> None:
        self._sources = load()
        self._places: dict[str, str] = {}
        for page in PAGES:
            for _, path in page.objects:
                for name in self._headings(path, page):
                    self._places.setdefault(name, page.name)
        self._page = ""
        self._name = ""

    def find(self, path: str) -> Any:
        """What a dotted path names, at the place where it is defined."""
        found = self._sources[path]
        return found.final_target if found.is_alias else found

    def _headings(self, path: str, page: ReferencePage) -> Iterator[str]:
        found = self.find(path)
        if found.is_class and page.methods:
            yield from (one.name for one in public_members(found))
        else:
            yield found.name

    def page(self, page: ReferencePage) -> str:
        """A complete page."""
        self._page = page.name
        parts = [*([f"<!-- as: {page.user} -->\n"] if page.user else []), f"# {page.title}\n"]
        if page.introduction:
            parts.append(page.introduction)
        if page.examples:
            parts.append(HEAD)
        section = ""
        for heading, path in page.objects:
            if heading and heading != section:
                parts.append(f"## {heading}\n")
            section = heading
            found = self.find(path)
            if found.is_class and page.methods:
                if text := self._text(found):
                    parts.append(f"{text}\n")
                for member in public_members(found):
                    parts += self._function(member, "###")
            elif found.is_function:
                parts += self._function(found, "###")
            elif found.is_class:
                parts += self._class(found)
            else:
                parts += self._value(found)
        return "\n".join(parts)

    def overview(self) -> str:
        """The list of all operations, as a table for the first page."""
        rows = []
        for page in PAGES:
            for _, path in page.objects:
                found = self.find(path)
                if not (found.is_class and page.methods):
                    continue
                prefix = "ops.admin" if ".admin." in path else "ops"
                for one in public_members(found):
                    called = f"{prefix}.{one.name}" + ("()" if one.is_function else "")
                    summary = self._linked(self._summary(one), "index.md")
                    rows.append(f"| [`{called}`]({page.name}#{one.name}) | {summary} |")
        return "\n".join(rows) + "\n"

    def _summary(self, found: Any) -> str:
        if found.docstring is None:
            alias = ALIASES.get(found.name)
            return f"Another name of `{alias}`." if alias else ""
        return " ".join(found.docstring.value.split("\n\n")[0].split())

    def _function(self, found: Any, level: str) -> list[str]:
        if level == "###":
            self._name = found.name
        parts = [f"{level} {found.name}\n"]
        if found.is_attribute:
            parts.append(f"{self._linked(self._summary(found))}\n")
            return parts
        parts.append(f"<!-- signature -->\n```python\n{signature(found)}\n```\n")
        parsed = sections(found)
        check_parameters(found, parsed)
        for section in parsed:
            parts += self._section(section, found)
        return parts

    def _class(self, found: Any) -> list[str]:
        self._name = found.name
        parts = [f"### {found.name}\n"]
        bases = [str(one) for one in found.bases if str(one) not in ("DomainObject", "Protocol")]
        if bases:
            parts.append(f"Bases: {self._linked(', '.join(f'`{one}`' for one in bases))}.\n")
        for section in sections(found):
            parts += self._section(section, found)
        rows = [self._attribute(one, found) for one in public_members(found) if is_told(one)]
        if rows:
            parts.append("\n".join(rows) + "\n")
        for one in public_members(found):
            if one.is_function:
                parts += self._function(one, "####")
        return parts

    def _attribute(self, one: Any, owner: Any) -> str:
        kind = f" (`{one.annotation}`)" if one.annotation is not None else ""
        if one.annotation is None or "Enum" in [str(base) for base in owner.bases]:
            kind = f" = `{one.value}`"
        elif one.value is not None and "property" not in one.labels:
            given = str(one.value)
            if not given.startswith("attrs.field") and not given.startswith("_"):
                kind = f" (`{one.annotation}`, by default `{given}`)"
        text = self._linked(" ".join(one.docstring.value.split())) if one.docstring else ""
        return f"- **`{one.name}`**{kind}{': ' + text if text else ''}"

    def _value(self, found: Any) -> list[str]:
        parts = [f"### {found.name}\n"]
        if found.value is not None and len(str(found.value)) < _WIDTH:
            shown = f"{found.name} = {found.value}"
            parts.append(f"<!-- signature -->\n```python\n{shown}\n```\n")
        parts.append(f"{self._text(found)}\n")
        return parts

    def _text(self, found: Any) -> str:
        return self._markdown(found.docstring.value) if found.docstring else ""

    def _section(self, section: Any, owner: Any) -> list[str]:
        kind = section.kind.value
        if kind == "text":
            return [self._markdown(section.value) + "\n"]
        if kind in ("parameters", "attributes"):
            rows = [self._parameters(*one, owner) for one in described(section.value)]
            return [f"**{kind.capitalize()}**\n", "\n".join(rows) + "\n"]
        if kind in ("returns", "yields"):
            rows = []
            for one in section.value:
                named = f"`{one.annotation}`" if one.annotation is not None else ""
                rows.append(f"- {self._linked(named)}: {self._item(one.description)}")
            return [f"**{kind.capitalize()}**\n", "\n".join(rows) + "\n"]
        if kind == "raises":
            rows = []
            for one in section.value:
                names = re.sub(r"\w+", r"`\g<0>`", str(one.annotation).strip("()"))
                rows.append(f"- {self._linked(names)}: {self._item(one.description)}")
            return ["**Raises**\n", "\n".join(rows) + "\n"]
        if kind == "examples":
            return ["**Example**\n", *self._examples(section.value)]
        raise SystemExit(f"{owner.path}: no rule for a section of {kind}.")

    def _parameters(self, names: list[str], text: str, owner: Any) -> str:
        shown = []
        for name in names:
            if owner.is_function and name.lstrip("*") not in owner.parameters:
                raise SystemExit(f"{owner.path} describes {name}, which it does not have.")
            linked = f"[`{name}`](parameters.md#{name})" if self._shares(name) else f"`{name}`"
            shown.append(f"**{linked}**")
        return f"- {', '.join(shown)}: {self._item(text)}"

    def _shares(self, parameter: str) -> bool:
        """Whether it is one of the parameters that operations share."""
        return parameter in PARAMETERS and any(
            one.methods for one in PAGES if one.name == self._page
        )

    def _examples(self, found: list[tuple[Any, str]]) -> Iterator[str]:
        for kind, text in found:
            if kind.value == "text":
                yield self._markdown(text) + "\n"
                continue
            lines: list[str] = []
            for example in doctest.DocTestParser().get_examples(text):
                lines.append(example.source)
                if example.want:
                    yield f"```python\n{''.join(lines)}```\n"
                    yield f"<!-- output -->\n```text\n{example.want}```\n"
                    lines = []
            if lines:
                yield f"```python\n{''.join(lines)}```\n"

    def _item(self, text: str) -> str:
        return textwrap.indent(self._markdown(text), "  ").strip()

    def _markdown(self, text: str) -> str:
        """A docstring's prose, with indented blocks as fences and names linked."""
        parts = []
        text = re.sub(r"(?<!`)``(?!`)", "`", text.strip("\n"))
        for block in re.split(r"\n\n+(?! )", text):
            lead, _, code = block.partition("\n\n    ")
            if code:
                parts += [self._linked(lead), f"```text\n{textwrap.dedent('    ' + code)}\n```"]
            else:
                parts.append(self._linked(block))
        return "\n\n".join(parts)

    def _linked(self, text: str, page: str | None = None) -> str:
        here = page or self._page

        def link(found: re.Match[str]) -> str:
            name = found[1].removeprefix("ops.").removeprefix("quilt_core.")
            place = self._places.get(name)
            if (
                place is None
                or name == self._name
                or name in PARAMETERS
                or f"{name}{found[2] or ''}" == "query"
            ):
                return found[0]
            anchor = f"#{name.lower()}"
            return f"[{found[0]}]({anchor if place == here else place + anchor})"

        text = re.sub(r"the hook `(\w+)`", r"[the hook `\1`](../hooks.md#\1)", text)
        text = _QUOTED.sub(link, text)
        return text.replace(_USUAL, f"[{_USUAL}](parameters.md#errors-of-every-operation)")


def public_members(found: Any) -> list[Any]:
    """Methods and attributes without a leading underscore, in the order of the source."""
    members = [one for name, one in found.members.items() if not name.startswith("_")]
    return [one.final_target if one.is_alias else one for one in members if not one.is_module]


def is_told(one: Any) -> bool:
    """Whether an attribute is for users: declared, documented, or a member of an enumeration."""
    if not one.is_attribute:
        return False
    members = "Enum" in [str(base) for base in one.parent.bases]
    return members or one.docstring is not None or "class-attribute" in one.labels


def described(parameters: list[Any]) -> list[tuple[list[str], str]]:
    """Names and text; names with the same description are put together."""
    rows: list[tuple[list[str], str]] = []
    for one in parameters:
        if rows and rows[-1][1] == one.description:
            rows[-1][0].append(one.name)
        else:
            rows.append(([one.name], one.description))
    return rows


def sections(found: Any) -> list[Any]:
    """A docstring's sections; a parameter may be written with a colon after its name."""
    if found.docstring is None:
        raise SystemExit(f"{found.path} has no docstring.")
    text = _WITH_COLON.sub(r"\1", found.docstring.value)
    docstring = griffe.Docstring(text, parent=found)
    parsed: list[Any] = griffe.parse_numpy(docstring, warn_unknown_params=False, warnings=False)
    return parsed


def check_parameters(found: Any, parsed: list[Any]) -> None:
    """Stop with an error if a parameter is not described."""
    told = [
        one.name.lstrip("*")
        for section in parsed
        if section.kind.value == "parameters"
        for one in section.value
    ]
    taken = [one.name for one in found.parameters if one.name not in ("self", "cls")]
    missing = [name for name in taken if name not in told]
    if missing and not found.path.startswith(IN_PROSE):
        raise SystemExit(f"{found.path} does not describe {', '.join(missing)}.")


def signature(found: Any) -> str:
    """The definition as Python: on one line where it fits, otherwise one parameter per line."""
    parameters, star = [], False
    for one in found.parameters:
        if one.name in ("self", "cls"):
            continue
        kind = one.kind.value if one.kind else ""
        if kind == "keyword-only" and not star:
            parameters.append("*")
            star = True
        name = {"variadic positional": "*", "variadic keyword": "**"}.get(kind, "") + one.name
        star = star or kind == "variadic positional"
        shown = f"{name}: {one.annotation}" if one.annotation is not None else name
        if one.default is not None and not kind.startswith("variadic"):
            shown += f" = {one.default}".replace("'", '"')
        parameters.append(shown)
    answer = f" -> {found.returns}" if found.returns is not None else ""
    line = f"def {found.name}({', '.join(parameters)}){answer}: ..."
    if len(line) <= _WIDTH:
        return line
    return "\n".join(
        [f"def {found.name}(", *(f"    {one}," for one in parameters), f"){answer}: ..."]
    )


def main() -> int:
    """Write the pages; with `--check`, return 1 if one differs instead."""
    writer = Writer()
    code = 0
    for page in PAGES:
        text = writer.page(page).replace("<!-- overview -->\n", writer.overview())
        code |= write_page(f"python/{page.name}", format_blocks(text.rstrip("\n") + "\n"))
    wanted = {page.name for page in PAGES} | {"parameters.md"}
    for path in sorted((REFERENCE / "python").iterdir()):
        if path.name not in wanted:
            print(f"{path.name} is not a page of the reference: delete it.", file=sys.stderr)
            code = 1
    return code


if __name__ == "__main__":
    sys.exit(main())
