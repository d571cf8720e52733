from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.store.sharding import ShardCounts, shard_of, shards_of
from tests.strategies import ids


@pytest.mark.parametrize(
    ("transaction_id", "of_4", "of_16", "of_100"),
    [
        ("txn001", 1, 13, 65),
        ("a", 3, 15, 43),
        ("Z.9_-:x", 2, 14, 6),
    ],
)
def test_where_an_id_lies_never_changes(transaction_id: str, of_4: int, of_16: int, of_100: int) -> None:
    """It is part of what is stored. The values are BLAKE2b's, as `b2sum -l 64` gives them, modulo the shards."""
    assert [shard_of(transaction_id, shards) for shards in (4, 16, 100)] == [of_4, of_16, of_100]
    assert shards_of(transaction_id, 16, 4) == (of_16, of_4)


@settings(max_examples=100)
@given(ids, st.integers(1, 100))
def test_a_shard_is_one_of_those_there_are(transaction_id: str, shards: int) -> None:
    assert 0 <= shard_of(transaction_id, shards) < shards
    assert shard_of(transaction_id, 1) == 0


@pytest.mark.parametrize("shards", [4, 16])
def test_consecutive_ids_are_spread_evenly(shards: int) -> None:
    counts = Counter(shard_of(f"txn{number:06d}", shards) for number in range(4000))
    mean = 4000 / shards
    assert len(counts) == shards
    assert max(counts.values()) < 1.25 * mean
    assert min(counts.values()) > 0.75 * mean


@pytest.mark.parametrize(
    ("default", "of", "key", "count"),
    [
        (16, {}, "GROCERY", 16),
        (16, {"GROCERY": 64}, "GROCERY", 64),
        (16, {"GROCERY": 64}, "DINING", 16),
        (16, {"GROCERY": 64}, "grocery", 16),
        (16, {"GROCERY": 4}, "GROCERY", 16),  # fewer than the default would hide what the default had spread
        (64, {"GROCERY": 24}, "GROCERY", 64),
        (1, {"GROCERY": 1}, "GROCERY", 1),
    ],
)
def test_the_count_of_a_key(default: int, of: dict[str, int], key: str, count: int) -> None:
    assert ShardCounts(default, of).of_key(key) == count


@settings(max_examples=100)
@given(ids, st.lists(st.integers(1, 100), min_size=1, max_size=5))
def test_what_was_written_under_any_earlier_count_lies_in_a_shard_that_is_read(
    transaction_id: str, counts: list[int]
) -> None:
    raised = sorted(counts)
    assert all(shard_of(transaction_id, count) in range(raised[-1]) for count in raised)
