"""Write quilt_core/aio/_generated from the synchronous facade.

python docs/generate/aio.py [--check]
"""

from __future__ import annotations

import ast
import copy
import inspect
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from protocols import format_text

from quilt_core.ops import admin, connection

FOLDER = Path(connection.__file__).parents[1] / "aio" / "_generated"
NOTE = "# Generated from the synchronous facade: `make docs-reference` writes this module.\n"
THREADS_DOC = """    threads:
        How many calls may be under way at once; more wait for one to end.
"""
Function = ast.FunctionDef | ast.AsyncFunctionDef


def group_module(cls: type, facade: str) -> str:
    """The module with the asynchronous form of one class of the facade."""
    module = sys.modules[cls.__module__]
    tree = ast.parse(inspect.getsource(module))
    found = next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == cls.__name__)
    lazy = _lazy_parameters(found)
    several = {
        node.name for node in found.body if isinstance(node, ast.FunctionDef) and _is_overload(node)
    }
    body: list[ast.stmt] = []
    signatures: list[ast.AST] = []
    for node in found.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            made = _method(node, cls.__name__, lazy, several)
            body.append(made)
            signatures += [made.args, *([made.returns] if made.returns else [])]
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
            body.append(node)  # another name of the operation
    made_class = ast.ClassDef(
        name=f"Async{cls.__name__}",
        bases=[ast.Name("AsyncGroup")],
        keywords=[],
        body=[
            _text(ast.get_docstring(found) or ""),
            *ast.parse(f"_ops: {cls.__name__}").body,
            *body,
        ],
        decorator_list=[],
        type_params=[],
    )
    text = ast.unparse(ast.fix_missing_locations(made_class))
    if any(isinstance(node, Function) and node.decorator_list for node in body):
        signatures.append(ast.Name("overload"))
    imports = _imports(module, tree, signatures)
    where = facade or "the facade"
    return (
        f'{NOTE}"""Asynchronous form of `{cls.__name__}`, a part of {where}."""\n\n'
        f"from __future__ import annotations\n\n{imports}"
        f"from typing import Any\n"
        f"from collections.abc import AsyncIterator, Coroutine\n"
        f"from quilt_core.aio.calls import AsyncGroup\n"
        f"from {cls.__module__} import {cls.__name__}\n\n\n{text}\n"
    )


def _text(text: str, indent: str = "    ") -> ast.Expr:
    """A docstring; `ast.unparse` writes it as it is."""
    lines = text.replace("\n", f"\n{indent}")
    return ast.Expr(ast.Constant(lines + (f"\n{indent}" if "\n" in text else "")))


def _without_examples(docstring: str) -> str:
    """The docstring up to its examples, which call the synchronous facade."""
    return docstring.split("\n\nExamples\n--------\n", maxsplit=1)[0]


def _lazy_parameters(cls: ast.ClassDef) -> dict[str, str]:
    """The methods that return an iterator if asked to, and the parameter that asks for it."""
    found = {}
    for node in cls.body:
        if isinstance(node, ast.FunctionDef) and node.decorator_list and _is_iterator(node.returns):
            for argument in (*node.args.args, *node.args.kwonlyargs):
                if ast.unparse(argument.annotation or ast.Name("")) == "Literal[True]":
                    found[node.name] = argument.arg
    return found


def _is_overload(node: ast.FunctionDef) -> bool:
    return any(ast.unparse(one) == "overload" for one in node.decorator_list)


def _is_iterator(annotation: ast.expr | None) -> bool:
    return annotation is not None and ast.unparse(annotation).startswith("Iterator[")


def _method(node: ast.FunctionDef, cls: str, lazy: dict[str, str], several: set[str]) -> Function:
    """One method, or one overload of it."""
    if node.returns is None:
        raise SystemExit(f"{cls}.{node.name} does not say what it returns.")
    overloaded = [ast.Name("overload")] if _is_overload(node) else []
    kind: type[Function] = ast.AsyncFunctionDef
    returns, call = ast.unparse(node.returns), "self._calls.run("
    if node.name in several:
        call = f"self._calls.overloaded({lazy.get(node.name, False)}, "
    if node.name in lazy:
        kind = ast.FunctionDef
        parts = [one.strip() for one in returns.split(" | ")] if not overloaded else [returns]
        returns = " | ".join(
            f"Async{one}" if one.startswith("Iterator[") else f"Coroutine[Any, Any, {one}]"
            for one in parts
        )
    elif _is_iterator(node.returns):
        kind, returns, call = ast.FunctionDef, f"Async{returns}", "self._calls.stream("
    elif "Iterator[" in returns:
        raise SystemExit(f"{cls}.{node.name}: no rule for the answer {returns}.")
    if overloaded:
        body: list[ast.stmt] = [ast.Expr(ast.Constant(...))]
    else:
        call += ", ".join([f"self._ops.{node.name}", *_passed(node.args)])
        doc = _text(_without_examples(ast.get_docstring(node) or ""), " " * 8)
        answer: ast.expr = ast.parse(f"{call})", mode="eval").body
        if kind is ast.AsyncFunctionDef:
            answer = ast.Await(answer)
        body = [doc, ast.Return(answer)]
        if node.name in several:  # without a type of its own
            typed = ast.AnnAssign(ast.Name("answer"), ast.Name(returns), answer, simple=1)
            body[1:] = [typed, ast.Return(ast.Name("answer"))]
    return kind(
        name=node.name,
        args=copy.deepcopy(node.args),
        body=body,
        decorator_list=overloaded,
        returns=ast.parse(returns, mode="eval").body,
        type_params=[],
    )


def _passed(arguments: ast.arguments) -> list[str]:
    """The arguments of a method as they are passed on."""
    if arguments.vararg or arguments.kwarg:
        raise SystemExit("Operations take no *args and **kwargs.")
    positional = [*arguments.posonlyargs, *arguments.args][1:]
    return [
        *(one.arg for one in positional),
        *(f"{one.arg}={one.arg}" for one in arguments.kwonlyargs),
    ]


def _imports(module: ModuleType, tree: ast.Module, signatures: list[ast.AST]) -> str:
    """Imports of the names in signatures, from where the module has them or from the module."""
    used = {n.id for one in signatures for n in ast.walk(one) if isinstance(n, ast.Name)}
    lines = []
    for node in _statements(tree):
        if isinstance(node, ast.ImportFrom) and node.module != "__future__":
            names = [one.name for one in node.names if (one.asname or one.name) in used]
            lines += [f"from {node.module} import {name}\n" for name in names]
        elif isinstance(node, ast.Import):
            lines += [f"import {one.name}\n" for one in node.names if one.name in used]
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.ClassDef)):
            targets = node.targets if isinstance(node, ast.Assign) else [node]
            names = [getattr(one, "id", getattr(one, "name", "")) for one in targets]
            lines += [f"from {module.__name__} import {one}\n" for one in names if one in used]
    return "".join(dict.fromkeys(lines))


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """A module's statements, including those that only type checkers read."""
    for node in tree.body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield from node.body
        yield node


def joined_module(name: str, classes: dict[str, type], facade: type, what: str) -> str:
    """The module that combines the parts of one facade."""
    imports = "".join(
        f"from quilt_core.aio._generated.{module} import Async{cls.__name__}\n"
        for module, cls in classes.items()
    )
    imports += f"from {facade.__module__} import {facade.__name__}\n"
    bases = ", ".join(f"Async{cls.__name__}" for cls in classes.values())
    return (
        f'{NOTE}"""{what}."""\n\nfrom __future__ import annotations\n\n{imports}\n\n'
        f'class {name}({bases}):\n    """{what}."""\n\n'
        f"    _ops: {facade.__name__}\n"
    )


def connecting_module() -> str:
    """The module with `connect`."""
    tree = ast.parse(inspect.getsource(connection))
    node = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "connect")
    arguments = copy.deepcopy(node.args)
    given = [*(one.arg for one in arguments.args),
             *(f"{one.arg}={one.arg}" for one in arguments.kwonlyargs)]  # fmt: skip
    if arguments.kwarg is not None:
        given.append(f"**{arguments.kwarg.arg}")
    imports = _imports(connection, tree, [arguments])
    arguments.kwonlyargs.append(ast.arg("threads", ast.Name("int")))
    arguments.kw_defaults.append(ast.Name("THREADS"))
    doc = _without_examples(ast.get_docstring(node) or "").replace("QuiltOps\n", "AsyncQuiltOps\n")
    shifted = doc.replace("others:\n", f"{textwrap.dedent(THREADS_DOC).rstrip()}\nothers:\n", 1)
    shifted = shifted.replace(
        "No request is made before the first operation.",
        "No request is made before the first operation. This reads configuration and imports the\n"
        "backend: call it where a server starts, not in each request.",
    )
    made = ast.FunctionDef(
        name="connect",
        args=arguments,
        body=[
            _text(shifted),
            ast.parse(
                f"return AsyncQuiltOps(connect_synchronously({', '.join(given)}), threads)"
            ).body[0],
        ],
        decorator_list=[],
        returns=ast.Name("AsyncQuiltOps"),
        type_params=[],
    )
    return (
        f'{NOTE}"""How to get a connection for asyncio."""\n\n'
        f"from __future__ import annotations\n\n{imports}"
        "from quilt_core.aio.calls import THREADS\n"
        "from quilt_core.aio.facade import AsyncQuiltOps\n"
        "from quilt_core.ops.connection import connect as connect_synchronously\n\n\n"
        f"{ast.unparse(ast.fix_missing_locations(made))}\n"
    )


def modules() -> dict[str, str]:
    """The text of each module, formatted, by file name."""
    found = {"__init__.py": f'{NOTE}"""The generated part of `quilt_core.aio`."""\n'}
    of_facade = {cls.__module__.rpartition(".")[2]: cls for cls in connection.QuiltOps.__bases__}
    of_admin = {
        f"admin_{cls.__module__.rpartition('.')[2]}": cls for cls in admin.AdminOps.__bases__
    }
    for parts, where in ((of_facade, ""), (of_admin, "`ops.admin`")):
        for name, cls in parts.items():
            found[f"{name}.py"] = group_module(cls, where)
    found["operations.py"] = joined_module(
        "AsyncOperations", of_facade, connection.QuiltOps, "All operations"
    )
    found["admin.py"] = joined_module(
        "AsyncAdminOperations", of_admin, admin.AdminOps, "All operations of administrators"
    )
    found["connecting.py"] = connecting_module()
    return {name: format_text(text, FOLDER) for name, text in found.items()}


def main() -> int:
    """Write the modules; with `--check`, return 1 if one differs instead."""
    wanted = modules()
    present = {path.name for path in FOLDER.glob("*.py")}
    if "--check" in sys.argv:
        stale = [
            name
            for name in sorted({*wanted, *present})
            if name not in wanted
            or name not in present
            or (FOLDER / name).read_text("utf-8") != wanted[name]
        ]
        if stale:
            print(f"{', '.join(stale)}: run `make docs-reference`.", file=sys.stderr)
        return bool(stale)
    FOLDER.mkdir(exist_ok=True)
    for name in present - set(wanted):
        (FOLDER / name).unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
