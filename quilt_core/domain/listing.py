"""The result of listings: a list that notebooks show as a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, SupportsIndex, TypeVar, cast, overload

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

    from quilt_core.domain.tree import Tree

T = TypeVar("T")


class Listing(list[T]):
    """A list of domain objects or names, complete; a notebook shows it as a table.

    It is a `list` in every respect: it equals a list of the same items, and is serialized to JSON
    like one. A slice and a copy of it are listings, too.

    Parameters
    ----------
    items:
        The items, in order.
    of:
        Their type, from which the data frame of an empty listing gets its columns; None if it is
        not known.
    """

    __slots__ = ("_of",)

    def __init__(self, items: Iterable[T] = (), of: type[T] | None = None) -> None:
        super().__init__(items)
        self._of = of

    @property
    def of(self) -> type[T] | None:
        """The type of the items; None if it is not known."""
        return self._of

    @overload
    def __getitem__(self, index: SupportsIndex, /) -> T: ...
    @overload
    def __getitem__(self, index: slice, /) -> Listing[T]: ...
    def __getitem__(self, index: SupportsIndex | slice, /) -> T | Listing[T]:
        if isinstance(index, slice):
            return Listing(super().__getitem__(index), self._of)
        return super().__getitem__(index)

    def copy(self) -> Listing[T]:
        """A listing of the same items."""
        return self[:]

    def to_pandas(self) -> pandas.DataFrame:
        """The listing as a `pandas.DataFrame`, one row per object.

        Raises `NotSupportedError` when pandas is not installed.
        """
        from quilt_core import frames

        return frames.to_pandas(cast("list[Any]", self))

    def to_polars(self) -> polars.DataFrame:
        """The listing as a `polars.DataFrame`, one row per object; metadata is JSON text.

        The types of the columns are those of the objects' fields, whatever the values.

        Raises `NotSupportedError` when polars is not installed.
        """
        from quilt_core import frames

        return frames.to_polars(cast("list[Any]", self))

    def to_arrow(self) -> pyarrow.Table:
        """The listing as a `pyarrow.Table`, one row per object; metadata is JSON text.

        The schema follows from the type of the objects, whatever their values.

        Raises `NotSupportedError` when pyarrow is not installed.
        """
        from quilt_core import frames

        return frames.to_arrow(cast("list[Any]", self))

    def tree(self) -> Tree:
        """The listing as a tree, which prints as text and shows in a notebook.

        `Listing(ops.browse_content(name, recursive=True)).tree()` is the tree of a whole package.

        Raises `ValidationError` unless the items are contents or names.
        """
        from quilt_core.domain.tree import Tree

        return Tree(self)

    def _repr_html_(self) -> str:
        """The listing as a table for notebooks, without fields that have no repr and columns that
        are empty.
        """
        from quilt_core.domain.html import html_listing

        return html_listing(self)
