"""Searching packages without an index: the query, the conditions and the order, in memory.

For stores that have no search of their own, such as a folder. The query's syntax is the part of
Elasticsearch's that registries document.
"""

from quilt_core.search.conditions import fits_filter, fits_predicates
from quilt_core.search.order import in_order
from quilt_core.search.query import Query, parse_query
from quilt_core.search.text import SearchText, words_of
from quilt_core.search.wildcards import Wildcards, name_pattern, path_pattern

__all__ = [
    "Query",
    "SearchText",
    "Wildcards",
    "fits_filter",
    "fits_predicates",
    "in_order",
    "name_pattern",
    "parse_query",
    "path_pattern",
    "words_of",
]
