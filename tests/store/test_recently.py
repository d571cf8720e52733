from hypothesis import given, settings
from hypothesis import strategies as st

from app.store.recently import Recently


@settings(max_examples=100)
@given(st.integers(1, 5), st.lists(st.integers(0, 8), max_size=30))
def test_it_holds_the_last_distinct_things_and_no_more(size: int, added: list[int]) -> None:
    recently, kept = Recently(size), list[int]()
    for thing in added:
        recently.add(thing)
        kept = [*kept, thing][-size:] if thing not in kept else kept
        assert [one for one in range(9) if one in recently] == sorted(kept)
