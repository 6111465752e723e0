"""Write quilt_core/hookspecs/protocols from the hookspecs, for type checkers.

python docs/generate/protocols.py [--check]
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from pathlib import Path
from types import ModuleType

from quilt_core import hookspecs
from quilt_core.hookspecs import OPERATION_GROUPS
from quilt_core.plugins.validation import specifications

FOLDER = Path(hookspecs.__file__).parent / "protocols"
NOTE = "# Generated from the hookspecs: `make docs-reference` writes this module.\n"
PACKAGE = '''"""Implementers as a type checker sees them: one Protocol per operation and per group.

Assign an implementer to a variable of the Protocol's type, and mypy says what is missing,
misspelt or of the wrong type:

    operations: PackagesOperations = MyOperations()
    one_only: SupportsListAllPackages = MyOperations()

They name every parameter of the specification, as every implementation should that can.
"""
'''


def class_name(operation: str) -> str:
    """`list_buckets` becomes `SupportsListBuckets`, as typing has `SupportsIndex`."""
    return f"Supports{_capitalized(operation)}"


def group_name(group: str) -> str:
    """`api_keys` becomes `ApiKeysOperations`."""
    return f"{_capitalized(group)}Operations"


def _capitalized(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def group_module(group: str) -> str:
    """The module of one operation group."""
    names = [
        name
        for module in OPERATION_GROUPS[group]
        for name, value in vars(module).items()
        if name in specifications() and value is specifications()[name]
    ]
    classes = [_protocol(name) for name in names]
    bases = ",\n    ".join([*map(class_name, names), "Protocol"])
    classes.append(
        f"class {group_name(group)}(\n    {bases},\n):\n"
        f'    """All operations of the group `{group}`."""\n'
    )
    body = "\n\n".join(classes)
    used = set(re.findall(r"\w+", body))
    imports = "".join(sorted({line for m in OPERATION_GROUPS[group] for line in _imports(m, used)}))
    return (
        f'{NOTE}"""Protocols of the operation group `{group}`."""\n\n'
        f"from __future__ import annotations\n\n{imports}from typing import Protocol\n\n\n{body}"
    )


def _protocol(operation: str) -> str:
    signature = inspect.signature(specifications()[operation])
    parameters = ["self", *(f"{p.name}: {p.annotation}" for p in signature.parameters.values())]
    return (
        f"class {class_name(operation)}(Protocol):\n"
        f'    """Implements `{operation}`."""\n\n'
        f"    def {operation}({', '.join(parameters)}) -> {signature.return_annotation}:\n"
        f'        """See the specification."""\n        ...\n'
    )


def _imports(module: ModuleType, used: set[str]) -> list[str]:
    """The imports of a specification module that annotations need, one name per line."""
    tree = ast.parse(inspect.getsource(module))
    return [
        f"from {node.module} import {alias.name}\n"
        for node in ast.walk(tree)  # also below `if TYPE_CHECKING`
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name in used and node.module != "__future__"
    ]


def package_module() -> str:
    """The module that lists all of them."""
    lines, names = [], []
    for group in OPERATION_GROUPS:
        defined = re.findall(r"^class (\w+)\(", group_module(group), re.MULTILINE)
        lines.append(f"from quilt_core.hookspecs.protocols.{group} import {', '.join(defined)}\n")
        names += defined
    exported = ", ".join(f'"{name}"' for name in sorted(names))
    return f"{NOTE}{PACKAGE}\n{''.join(lines)}\n__all__ = [{exported}]\n"


def modules() -> dict[str, str]:
    """The text of each module, formatted, by file name."""
    found = {f"{group}.py": group_module(group) for group in OPERATION_GROUPS}
    found["__init__.py"] = package_module()
    return {name: format_text(text, FOLDER) for name, text in found.items()}


def format_text(text: str, folder: Path) -> str:
    """Python as ruff formats it in `folder`, with sorted imports and no unused ones."""
    import subprocess

    for command in (
        ["check", "--select", "I,F401", "--fix", "--quiet"],
        ["format", "--quiet"],
    ):
        done = subprocess.run(  # noqa: S603 - our own text and tool
            [str(Path(sys.executable).parent / "ruff"), *command, "--stdin-filename",
             str(folder / "generated.py"), "-"],
            input=text, capture_output=True, text=True, check=True,
        )  # fmt: skip
        text = done.stdout
    return text


def main() -> int:
    """Write the modules; with `--check`, return 1 if one differs instead."""
    wanted = modules()
    if "--check" in sys.argv:
        stale = [
            name
            for name, text in wanted.items()
            if not (FOLDER / name).exists() or (FOLDER / name).read_text("utf-8") != text
        ]
        if stale:
            print(f"{', '.join(stale)}: run `make docs-reference`.", file=sys.stderr)
        return bool(stale)
    FOLDER.mkdir(exist_ok=True)
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
