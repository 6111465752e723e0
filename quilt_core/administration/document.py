"""The file as it was read: checked against its schema, with the line of every value."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from types import ModuleType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs
import msgspec

from quilt_core.administration.schema import VERSION, Entry, File
from quilt_core.errors import PluginError, ValidationError
from quilt_core.secret import Secret

Path = tuple[str | int, ...]
"""The place of a value in the file: keys and indexes, from the outermost to the innermost."""

_MOST_PROBLEMS = 20
_TYPE = re.compile(r"`([\w| ]+)`")
_WORDS = {
    "array": "a list",
    "bool": "true or false",
    "float": "a number",
    "int": "a whole number",
    "object": "a mapping",
    "str": "text",
}
"""msgspec's names of types, in the words that authors of a file use."""
_PLACE = re.compile(r" - at `\$(?P<path>[^`]*)`\Z")


@attrs.frozen(kw_only=True)
class Problem:
    """What is wrong with the file, and where."""

    path: Path
    message: str


@attrs.frozen(kw_only=True)
class Document:
    """A file that fits its schema, made by `parse_document` and `read_document`."""

    file: File = attrs.field(repr=False)
    source: str
    """The name of the file in errors."""
    lines: Mapping[Path, int] = attrs.field(factory=dict, repr=False)
    secrets: tuple[Secret, ...] = attrs.field(default=(), repr=False)
    """The access codes in the document, which are masked in messages as long as the document
    exists.
    """

    def refuse(self, problems: list[Problem]) -> ValidationError:
        """The error that names all problems, each with its place and line."""
        listed = [
            {
                "path": _dotted(problem.path),
                "line": _line(self.lines, problem.path),
                "message": problem.message,
            }
            for problem in problems
        ]
        said = "; ".join(told_problem(one).rstrip(".") for one in listed[:_MOST_PROBLEMS])
        more = len(listed) - _MOST_PROBLEMS
        rest = f"; and {more} more" if more > 0 else ""
        return ValidationError(
            f"{self.source} cannot be applied: {said}{rest}.", context={"problems": listed}
        )


def read_document(path: FilePath | str) -> Document:
    """Read a file. Raises the errors of `parse_document`, and `ValidationError` if the file is
    unreadable.
    """
    try:
        content = FilePath(path).read_bytes()
    except OSError as error:
        raise ValidationError(f"{path} cannot be read: {error.strerror or error}.") from error
    return parse_document(content, source=str(path))


def parse_document(text: str | bytes, *, source: str = "the file") -> Document:
    """Read the text of a file, YAML or JSON.

    Parameters
    ----------
    text:
        The file; bytes are UTF-8.
    source:
        The name of the file in errors.

    Raises
    ------
    ValidationError
        When the text is not YAML or does not fit the schema. The message and `context["problems"]`
        name every problem with its place and line.
    PluginError
        When PyYAML is not installed.
    """
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ValidationError(f"{source} is not UTF-8: {error.reason}.") from None
    parsed = yaml_text().parse(text, source)
    if parsed.value is None:
        raise ValidationError(
            f"{source} is empty.", hint=f"It must begin with 'version: {VERSION}'; see the guide."
        )
    return make_document(parsed.value, source=source, lines=parsed.lines)


def make_document(
    data: Any, *, source: str = "the file", lines: Mapping[Path, int] | None = None
) -> Document:
    """Make the document from the content of a file, as plain JSON types.

    Raises
    ------
    ValidationError
        When the content does not fit the schema, as in `parse_document`.
    """
    lines = lines or {}
    problems = list(_problems(data, File, ()))
    if not problems:
        file = msgspec.convert(data, File)
        document = Document(file=file, source=source, lines=lines, secrets=_secrets(file))
        problems = list(_further_problems(document.file))
        if not problems:
            return document
    raise Document(file=File(version=1), source=source, lines=lines).refuse(problems)


def yaml_text() -> ModuleType:
    """The module that reads and writes YAML; raises `PluginError` if PyYAML is missing."""
    try:
        from quilt_core.administration import yaml_text as module
    except ModuleNotFoundError as error:
        if error.name != "yaml":
            raise
        raise PluginError(
            "Administration files are YAML, and PyYAML, which reads and writes them, is not "
            "installed.",
            hint='Install it: pip install "quiltops[yaml]".',
        ) from error
    return module


def _problems(value: Any, hint: Any, path: Path) -> Iterator[Problem]:
    """The parts of a value that do not fit a type of the schema, each with its place."""
    nullable, hint = _without_options(hint)
    if value is None and nullable:
        return
    if isinstance(hint, type) and issubclass(hint, Entry):
        yield from _problems_of_entry(value, hint, path)
    elif get_origin(hint) is dict and get_args(hint)[1] is not Any:
        if isinstance(value, dict):
            for key, item in value.items():
                yield from _problems(item, get_args(hint)[1], (*path, key))
        else:
            yield Problem(path=path, message=_no_mapping(value))
    else:
        try:
            msgspec.convert(value, hint)
        except msgspec.ValidationError as error:
            yield _problem_of(error, value, hint, path)


def _problems_of_entry(value: Any, kind: type[Entry], path: Path) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield Problem(path=path, message=_no_mapping(value))
        return
    hints = get_type_hints(kind)
    for name, item in value.items():
        if name in hints:
            yield from _problems(item, hints[name], (*path, name))
        else:
            near = difflib.get_close_matches(name, hints, 1)
            possible = f"Possible fields: {', '.join(hints)}."
            instead = f"Did you mean {near[0]!r}?" if near else possible
            yield Problem(path=(*path, name), message=f"there is no such field. {instead}")
    for field in msgspec.structs.fields(kind):
        if field.required and field.name not in value:
            yield Problem(path=path, message=f"{field.name!r} is missing.")


def _without_options(hint: Any) -> tuple[bool, Any]:
    """Whether a type accepts null, and the type without null and the marker for a missing field."""
    if get_origin(hint) not in (Union, UnionType):
        return False, hint
    options = get_args(hint)
    left = [one for one in options if one not in (type(None), msgspec.UnsetType)]
    # A union of several types is checked by msgspec as a whole.
    return type(None) in options, left[0] if len(left) == 1 else hint


def _no_mapping(value: Any) -> str:
    if value is None:
        return "it is empty. Leave it out, or write {} for none."
    kinds = {str: "text", bool: "true or false", list: "a list"}
    found = kinds.get(type(value), "a number")
    return f"expected a mapping (`name: value`), got {found}."


def _problem_of(error: msgspec.ValidationError, value: Any, hint: Any, path: Path) -> Problem:
    said = str(error)
    found = _PLACE.search(said)
    if found:
        said = said[: found.start()]
        numbers = re.findall(r"\[(\d+)\]", found["path"])
        path = (*path, *map(int, numbers[:1]))
    what = f"{said[:1].lower()}{_TYPE.sub(_type_in_words, said[1:])}."
    if value is None:
        return Problem(path=path, message=f"{what} Leave the field out to keep the current value.")
    if get_origin(hint) is Literal:
        what = f"{value!r} is none of {', '.join(map(repr, get_args(hint)))}."
    elif "expected text, got" in what:
        what = f"{what} Quote text that looks like a number, `true` or `null`."
    return Problem(path=path, message=what)


def _type_in_words(found: re.Match[str]) -> str:
    return " or ".join(_WORDS.get(name, name) for name in found[1].split(" | "))


def _further_problems(file: File) -> Iterator[Problem]:
    """Rules that the schema cannot express: fields that exclude each other, and empty names."""
    for section, managed in (("policies", "permissions"), ("roles", "policies")):
        for name, entry in (getattr(file, section) or {}).items():
            if {managed, "arn"} <= entry.given().keys():
                message = f"it has either {managed!r} (a managed one) or 'arn', not both."
                yield Problem(path=(section, name), message=message)
    for section in ("buckets", "policies", "roles", "users"):
        for name in getattr(file, section) or {}:
            if not name.strip():
                yield Problem(path=(section, name), message="a name is empty.")
    for name, role in (file.roles or {}).items():
        signup = role.given().get("signup")
        if signup is not None and {"access_code", "access_code_variable"} <= signup.given().keys():
            message = "it has either 'access_code' or 'access_code_variable', not both."
            yield Problem(path=("roles", name, "signup"), message=message)


def _secrets(file: File) -> tuple[Secret, ...]:
    signups = [role.given().get("signup") for role in (file.roles or {}).values()]
    codes = [one.given().get("access_code") for one in signups if one is not None]
    return tuple(Secret(code) for code in codes if code)


def told_problem(problem: Mapping[str, Any]) -> str:
    """One of an error's `context["problems"]` in a sentence."""
    where = f"line {problem['line']}: " if problem["line"] else ""
    place = f"{problem['path']}: " if problem["path"] else ""
    return f"{where}{place}{problem['message']}"


def _line(lines: Mapping[Path, int], path: Path) -> int | None:
    """The line of a place, or of the nearest value that contains it."""
    for end in range(len(path), -1, -1):
        if path[:end] in lines:
            return lines[path[:end]]
    return None


def _dotted(path: Path) -> str:
    parts = [f"[{part}]" if isinstance(part, int) else _key(part) for part in path]
    return ".".join(parts).replace(".[", "[")


def _key(text: str) -> str:
    return text if re.fullmatch(r"[\w@-]+", text) else repr(text)
