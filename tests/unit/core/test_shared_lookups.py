"""What the operations of a composition share."""

from __future__ import annotations

from quilt_core.parallel import bounded_map
from quilt_core.shared_lookups import are_shared, share, shared, shared_lookups


def test_looks_are_shared_within_a_block_only() -> None:
    share("key", 1)
    assert (are_shared(), shared("key")) == (False, None)
    with shared_lookups():
        assert (are_shared(), shared("key")) == (True, None)
        list(bounded_map(lambda number: share(number, number), range(3), 2))
        assert [shared(number) for number in range(4)] == [0, 1, 2, None]
        with shared_lookups():
            assert shared(1) is None
        assert shared(1) == 1
    assert shared(1) is None


def test_each_call_of_a_function_starts_with_none() -> None:
    @shared_lookups()
    def look() -> object:
        found = shared("key")
        share("key", 1)
        return found

    assert [look(), look()] == [None, None]
