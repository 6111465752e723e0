"""Search over revisions: SQLite FTS5, for GraphQL and for the endpoint that quilt3 calls."""

from local_registry.search.index import SearchIndex

__all__ = ["SearchIndex"]
