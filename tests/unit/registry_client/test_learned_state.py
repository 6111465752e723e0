"""What a process learns about registries is bounded, forgotten over time, and shared."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from quilt_registry.graphql.learned import LearnedState

ONE, TWO, THREE = (f"https://{name}.example.com/graphql" for name in ("one", "two", "three"))


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_what_is_learnt_belongs_to_one_registry() -> None:
    state = LearnedState()
    state.learn_path(ONE, "https://one.example.com/api/graphql")
    state.learn_variant(ONE, "list_buckets", 1)
    state.learn_clock_offset(ONE, 2.5)
    assert state.path(ONE) == "https://one.example.com/api/graphql"
    assert (state.variant(ONE, "list_buckets"), state.variant(ONE, "me")) == (1, 0)
    assert state.clock_offset(ONE) == 2.5
    assert state.path(TWO) == TWO
    assert state.variant(TWO, "list_buckets") == 0
    assert state.clock_offset(TWO) is None
    state.forget()
    assert state.variant(ONE, "list_buckets") == 0


def test_a_registry_is_tried_again_after_some_time() -> None:
    clock = Clock()
    state = LearnedState(kept_seconds=60, clock=clock)
    state.learn_variant(ONE, "me", 1)
    clock.now = 59.0
    assert state.variant(ONE, "me") == 1
    clock.now = 60.0
    assert state.variant(ONE, "me") == 0


def test_the_number_of_registries_is_limited_and_recently_used_ones_stay() -> None:
    state = LearnedState(most_registries=2)
    for endpoint in (ONE, TWO):
        state.learn_variant(endpoint, "me", 1)
    assert state.variant(ONE, "me") == 1
    state.learn_variant(THREE, "me", 1)
    assert [state.variant(one, "me") for one in (THREE, ONE, TWO)] == [1, 1, 0]


def test_many_threads_may_learn_at_once() -> None:
    state = LearnedState(most_registries=4)

    def learn(number: int) -> int:
        endpoint = f"https://{number % 9}.example.com"
        state.learn_variant(endpoint, f"document-{number}", number)
        return state.variant(endpoint, f"document-{number}")

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(learn, range(2000)))
    # Either what was learnt, or nothing because the registry has been forgotten since.
    assert all(value in (0, number) for number, value in enumerate(found))
