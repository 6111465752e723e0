"""Search over revisions and objects, for GraphQL and for the endpoint that quilt3 calls."""

from local_registry.search.index import SearchIndex

__all__ = ["SearchIndex"]
