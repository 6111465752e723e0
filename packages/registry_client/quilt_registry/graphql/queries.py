"""Distinguish queries from mutations in a document of the application."""

from __future__ import annotations

import re

_NOISE = re.compile(r'"""(?:\\"""|.|\n)*?(?:"""|\Z)|"(?:\\.|[^"\\\n])*+"?|#[^\n]*')
_TOKEN = re.compile(r"[{}]|\w+")


def is_query(document: str) -> bool:
    """Whether all operations of a GraphQL document are queries, which may be repeated.

    A document that cannot be parsed does not count as a query.
    """
    depth, operations = 0, []
    expects_keyword = True
    for word in _TOKEN.findall(_NOISE.sub(" ", document)):
        if word == "{":
            if depth == 0 and expects_keyword:
                operations.append("query")
            depth += 1
        elif word == "}":
            depth -= 1
            expects_keyword = depth == 0
        elif depth == 0 and expects_keyword:
            operations.append(word)
            expects_keyword = False
    kinds = set(operations)
    return depth == 0 and "query" in kinds and kinds <= {"query", "fragment"}
