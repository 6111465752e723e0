"""Searching packages without an index: the query, the conditions and the order, in memory.

For stores without a search of their own, such as a folder, and for registries of tests. The query's
syntax is the part of Elasticsearch's that registries document.
"""

from quilt_core.search.conditions import (
    fits_filter,
    fits_predicates,
    matches_wildcard,
    time_of,
    values_at,
)
from quilt_core.search.order import in_order
from quilt_core.search.query import Query
from quilt_core.search.syntax import parse_query
from quilt_core.search.text import Field, Fields, SearchText, words_of
from quilt_core.wildcards import Wildcards, name_pattern, path_pattern

__all__ = [
    "Field",
    "Fields",
    "Query",
    "SearchText",
    "Wildcards",
    "fits_filter",
    "fits_predicates",
    "in_order",
    "matches_wildcard",
    "name_pattern",
    "parse_query",
    "path_pattern",
    "time_of",
    "values_at",
    "words_of",
]
