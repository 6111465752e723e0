"""Write docs/reference/hooks.md from the hookspecs' signatures and docstrings.

python docs/generate/hooks.py [--check]
"""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from page import write_page

from quilt_core import hookspecs
from quilt_core.hookspecs import OPERATION_GROUPS, operations
from quilt_core.plugins.validation import AROUND, specifications

INTRODUCTION = """# The hooks

There is one hook per operation. This page is generated from the signatures and docstrings of the
specifications. They are the contract, and everything that a backend author needs. An implementation
must declare every parameter that has no default here. A default is the neutral value of the
parameter; if a caller passes another value to a backend that does not declare the parameter,
`NotSupportedError` is raised. Implementations do not declare defaults themselves. They return an
object, never None (except for queries), and raise only the errors listed in [errors](errors.md). A
source such as "docs/protocol.md, E.2" refers to a heading on the page of
[protocol facts](../protocol.md).

## Rules for every operation
"""
_WIDTH = 92


def page() -> str:
    """The whole page."""
    rules = (hookspecs.__doc__ or "").partition("The following rules ")
    parts = [INTRODUCTION, f"{''.join(rules[1:]).strip()}\n"]
    for group, modules in OPERATION_GROUPS.items():
        parts.append(f"\n## {group}\n")
        parts += [f"{text}\n" for module in modules if (text := _rules_of(module))]
        for name in operations(group):
            parts += _section(name)
    parts.append("\n## Around every operation\n")
    parts.append(
        "Only [extensions](../extensions.md) implement this hook.\
"
    )
    parts += _section(AROUND)
    return "\n".join(parts)


def _rules_of(module: ModuleType) -> str:
    """What the docstring of a specification module says of all of its operations."""
    return (module.__doc__ or "").partition("\n\n")[2].strip()


def _section(name: str) -> list[str]:
    function = specifications()[name]
    return [
        f"### {name}\n",
        f"```python\n{_signature(name, function)}\n```\n",
        _text(inspect.getdoc(function) or ""),
    ]


def _signature(name: str, function: Callable[..., Any]) -> str:
    """The definition as Python: on one line where it fits, otherwise one parameter per line."""
    definition = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    if not isinstance(definition, ast.FunctionDef):
        raise TypeError(f"{name} is not a function")
    plain = [ast.unparse(one) for one in definition.args.args]
    defaults = [ast.unparse(one).replace("'", '"') for one in definition.args.defaults]
    required = len(plain) - len(defaults)
    parameters = plain[:required]
    parameters += [f"{one} = {two}" for one, two in zip(plain[required:], defaults, strict=True)]
    answer = f"-> {ast.unparse(definition.returns)}: ..." if definition.returns else ": ..."
    line = f"def {name}({', '.join(parameters)}) {answer}"
    if len(line) <= _WIDTH:
        return line
    return "\n".join([f"def {name}(", *(f"    {one}," for one in parameters), f") {answer}"])


def _text(docstring: str) -> str:
    """The docstring, with its lists of arguments as Markdown lists."""
    lines = []
    for line in docstring.splitlines():
        if line.startswith("    ") and not line.startswith("     "):
            name, _, text = line.strip().partition(": ")
            lines.append(f"- `{name}`: {text}" if text else line.strip())
        else:
            lines.append(line.strip() if line.startswith("     ") else line)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(write_page("hooks.md", page()))
