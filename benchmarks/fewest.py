"""The fewest requests with which an operation of `round_trips.py` can do everything that it
promises.

The protocols determine them: GraphQL answers what one document asks, S3 reads or writes one object
at a time, and neither reads and writes in one request.
tests/integration/parity/test_fewest_requests.py asserts that both backends make these requests and
no more.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fewest:
    """A number of requests, the reason for each, and what a peer that makes fewer does without."""

    requests: int
    why: str
    peer_loses: str = ""


_ONE_DOCUMENT = Fewest(1, "one document")
_POINTER = "the pointer `latest`"
_WRITE = "manifest, timestamp pointer, `latest`, each an object of its own"

FEWEST: dict[tuple[str, str], Fewest] = {
    ("platform", "create"): Fewest(
        2,
        "the look that tells what is replaced; the write",
        "does not say what it wrote over, and hides a revision of the same second",
    ),
    ("platform", "update"): Fewest(
        3,
        "entries and history in one document; the write, whose answer tells of a conflict; a look "
        "in S3 at the manifest's directories, whose metadata GraphQL does not carry",
        "says neither which directories lose their metadata nor what it wrote over",
    ),
    ("platform", "search"): _ONE_DOCUMENT,
    ("platform", "info"): _ONE_DOCUMENT,
    ("platform", "metadata"): _ONE_DOCUMENT,
    ("platform", "browse"): _ONE_DOCUMENT,
    ("platform", "diff"): Fewest(1, "one document for both revisions"),
    ("platform", "content URL"): Fewest(1, "one document; the URL is signed here"),
    ("platform", "buckets"): _ONE_DOCUMENT,
    ("platform", "auth status"): _ONE_DOCUMENT,
    ("platform", "delete"): Fewest(
        2, "the list of revisions, which the result names; one document that deletes them"
    ),
    ("quilt3", "create"): Fewest(
        10,
        "the pointers, for what is replaced and which second is free; a look at each of 4 objects, "
        f"for version, size and hash; the workflows; {_WRITE}; one look at the manifest, which is "
        "there from the warm-up",
    ),
    ("quilt3", "update"): Fewest(
        9,
        f"the pointers; {_POINTER}; its manifest; a look at the new object; the workflows; "
        f"{_WRITE}; one look at the manifest, which is there from the warm-up",
    ),
    ("quilt3", "search"): _ONE_DOCUMENT,
    ("quilt3", "info"): Fewest(
        2, f"the pointers, whose names tell the time; {_POINTER}; the manifest is known by its hash"
    ),
    ("quilt3", "metadata"): Fewest(1, f"{_POINTER}; the manifest's header is known by its hash"),
    ("quilt3", "browse"): Fewest(2, f"{_POINTER}; the manifest"),
    ("quilt3", "diff"): Fewest(4, f"{_POINTER} and the manifest of each of the two packages"),
    ("quilt3", "content URL"): Fewest(2, f"{_POINTER}; the manifest; the URL is signed here"),
    ("quilt3", "buckets"): _ONE_DOCUMENT,
    ("quilt3", "auth status"): Fewest(
        1,
        "one document: only the registry knows whether the login is still good",
        "tells what a file of this machine says, of a login that may have expired",
    ),
    ("quilt3", "delete"): Fewest(
        5,
        "the pointers; 2 of them, for the hashes that the result names; one deletion; a look at "
        "what is left, so that a revision that came meanwhile has `latest`",
    ),
}
