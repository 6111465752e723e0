"""Paths drawn as a tree: what `Listing.tree()` returns, and what `quiltops content tree` prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import attrs

from quilt_core.domain.content import ContentInfo
from quilt_core.errors import ValidationError
from quilt_core.printable import printable

_MOST_LINES = 1000
"""The maximum number of lines that a notebook or an interactive prompt shows; `str(tree)` has them
all.
"""


@attrs.define(eq=False)
class Node:
    """A folder, or a file, which has no children."""

    name: str
    is_folder: bool
    size: int | None = None
    """The size in bytes; None if the listing does not have it."""
    children: list[Node] = attrs.field(factory=list)

    @property
    def label(self) -> str:
        """The name, safe to print; the name of a folder ends with a slash."""
        return printable(self.name) + ("/" if self.is_folder else "")


class Tree:
    """Paths as a tree of folders and files, in the order in which they were listed.

    Printing it draws it as text. A notebook shows the same text with every name escaped. In a
    notebook and at an interactive prompt, a long tree ends with the number of lines that were left
    out.

    Parameters
    ----------
    items:
        `ContentInfo` objects, as `browse_content` lists or streams them, or names with slashes, as
        `list_all_packages` lists them. Each is read once.

    Raises
    ------
    ValidationError
        For any other object, because it has no path to draw.
    """

    def __init__(self, items: Iterable[Any]) -> None:
        self.roots: list[Node] = []
        """The items at the top level."""
        folders: dict[str, Node] = {}
        for item in items:
            path, size, is_folder = _described(item)
            if is_folder:
                self._folder(folders, path).size = size
            else:
                above, slash, name = path.rpartition("/")
                siblings = self._folder(folders, above).children if slash else self.roots
                siblings.append(Node(name, is_folder=False, size=size))

    def _folder(self, folders: dict[str, Node], path: str) -> Node:
        """The folder at `path`; it and the folders above it are created if they are missing."""
        if path not in folders:
            siblings, parts = self.roots, path.split("/")
            for depth, name in enumerate(parts, 1):
                above = "/".join(parts[:depth])
                if above not in folders:
                    folders[above] = Node(name, is_folder=True)
                    siblings.append(folders[above])
                siblings = folders[above].children
        return folders[path]

    def lines(self) -> Iterator[str]:
        """The lines of the drawing, one per file or folder."""
        # A stack, because a path may have more parts than Python has frames.
        stack = [("", iter(self.roots), len(self.roots))]
        while stack:
            indent, nodes, left = stack.pop()
            node = next(nodes, None)
            if node is None:
                continue
            last = left == 1
            stack.append((indent, nodes, left - 1))
            size = "" if node.size is None else f" {node.size:,}"
            yield f"{indent}{'└── ' if last else '├── '}{node.label}{size}"
            below = indent + ("    " if last else "│   ")
            stack.append((below, iter(node.children), len(node.children)))

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def __repr__(self) -> str:
        lines = self.lines()
        shown = list(islice(lines, _MOST_LINES))
        more = sum(1 for _ in lines)
        return "\n".join([*shown, f"… and {more:,} more"] if more else shown)

    def _repr_html_(self) -> str:
        from quilt_core.domain.html import escaped

        return f"<pre>{escaped(repr(self), lines=True)}</pre>"


def _described(item: Any) -> tuple[str, int | None, bool]:
    """The path, the size, and whether it is a folder."""
    if isinstance(item, ContentInfo):
        return item.path, item.size, item.is_directory
    if isinstance(item, str):
        return item, None, False
    raise ValidationError(
        f"A tree can show contents or names, not {type(item).__name__} objects.",
        hint="Pass the result of browse_content or list_all_packages.",
    )
