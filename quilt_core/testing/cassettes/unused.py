"""Check that a cassette contains no interaction that is not played."""

from __future__ import annotations

from typing import Any

from quilt_core.testing.cassettes.matching import operation_name


def unplayed(cassette: Any) -> list[str]:
    """The interactions of a cassette that were not played: number, method, address, name.

    `name` is that of the GraphQL operation, where there is one.

    Parameters
    ----------
    cassette:
        vcrpy's cassette.
    """
    found = []
    for index, request in enumerate(cassette.requests):
        if cassette.play_counts[index]:
            continue
        name = operation_name(request)
        said = f" {name}" if name else ""
        found.append(f"{index + 1}: {request.method} {request.uri}{said}")
    return found


def assert_all_played(cassette: Any) -> None:
    """Fail if an interaction of a cassette was not played, because it is useless or hides a
    mistake.

    Parameters
    ----------
    cassette:
        vcrpy's cassette.

    Raises
    ------
    AssertionError
        The message lists them.
    """
    left = unplayed(cassette)
    if left:
        listed = "\n".join(f"  {one}" for one in left)
        raise AssertionError(
            f"{len(left)} of {len(cassette)} recorded interactions were not played; the code "
            f"under test no longer makes these requests. Record the cassette again:\n{listed}"
        )
