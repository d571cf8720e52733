from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.domain.identifiers import MAX_AMOUNT
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account
from app.domain.periods import DateRange
from app.domain.reversals import item_id
from app.ports.ledger import CommandId, CommandKind, TallyId
from app.store import keys
from app.store.limits import MAX_PK_BYTES, MAX_SK_BYTES
from tests.strategies import categories, days, ids, kinds

LONGEST_ID = "x" * 64
months = days.map(lambda day: day.isoformat()[:7])
shards = st.integers(0, 99)
# Ids that are made to be taken for something else.
TRICKY = [
    "A",
    "A:1",
    "TXN",
    "USER",
    "LEDGER",
    "CARD",
    "shard00",
    "2023-05-01",
    "TRANSACTION",
    "0000000001",
    "-",
    ".",
    "_",
]
# Short parts of few characters meet each other; long ones try everything that is allowed.
parts_of_keys = st.sampled_from(TRICKY) | st.text("A1:.-", min_size=1, max_size=3) | ids
names = st.text("A1_", min_size=1, max_size=3) | categories
command_ids = st.builds(
    CommandId, st.sampled_from(CommandKind), parts_of_keys, st.lists(parts_of_keys, min_size=1, max_size=2).map(tuple)
)
# The primary key of every kind of item, with the parts that it is made of.
primary_keys = st.one_of(
    st.tuples(st.just("purchase"), parts_of_keys, days, parts_of_keys).map(
        lambda parts: (parts, (keys.user_pk(parts[1]), keys.transaction_sk(parts[2], parts[3])))
    ),
    st.tuples(st.just("reversal"), parts_of_keys, days, parts_of_keys, parts_of_keys).map(
        lambda parts: (parts, (keys.user_pk(parts[1]), keys.transaction_sk(parts[2], item_id(parts[3], parts[4]))))
    ),
    st.tuples(st.just("entry"), parts_of_keys, kinds, st.integers(1, MAX_AMOUNT)).map(
        lambda parts: (parts, (keys.user_pk(parts[1]), keys.ledger_sk(parts[2], parts[3])))
    ),
    st.tuples(st.just("guard"), parts_of_keys).map(lambda parts: (parts, (keys.guard_pk(parts[1]), keys.GUARD_SK))),
    st.tuples(st.just("category"), months, names).map(lambda parts: (parts, (keys.categories_pk(parts[1]), parts[2]))),
    st.tuples(st.just("done"), shards, days).map(
        lambda parts: (parts, (keys.expiry_pk(parts[1]), keys.done_sk(parts[2])))
    ),
    st.tuples(st.just("benefit"), parts_of_keys, st.integers(1, 10**9)).map(
        lambda parts: (parts, (keys.benefit_pk(parts[1]), keys.benefit_sk(parts[2])))
    ),
    st.tuples(st.just("exercise"), parts_of_keys, parts_of_keys, st.integers(1, 10**9)).map(
        lambda parts: (parts, (keys.user_pk(parts[1]), keys.exercise_sk(parts[2], parts[3])))
    ),
    st.tuples(st.just("receipt"), command_ids).map(
        lambda parts: (parts, (keys.command_pk(parts[1].kind, parts[1].owner), keys.receipt_sk(parts[1])))
    ),
    st.tuples(st.just("tally"), command_ids, st.integers(1, 10**9)).map(
        lambda parts: (
            parts,
            (
                keys.command_pk(parts[1].kind, parts[1].owner),
                keys.tally_sk(TallyId(parts[1].kind, parts[1].owner, parts[1].ids), parts[2]),
            ),
        )
    ),
)
shard_keys = st.one_of(
    st.tuples(st.just("category"), names, shards).map(
        lambda parts: (parts, keys.category_shard_pk(parts[1], parts[2]))
    ),
    st.tuples(st.just("card"), parts_of_keys, shards).map(
        lambda parts: (parts, keys.card_shard_pk(parts[1], parts[2]))
    ),
)


def test_the_published_keys() -> None:
    assert keys.user_pk("user123") == "USER#user123"
    assert keys.transaction_sk(date(2023, 5, 1), "txn001") == "TRANSACTION#2023-05-01#txn001"
    assert keys.ledger_sk(KickbackType.POINT, 7) == "LEDGER#POINT#0000000007"
    assert (keys.guard_pk("txn001"), keys.GUARD_SK) == ("TXN#txn001", "TXN")
    assert keys.categories_pk("2023-05") == "CATEGORIES#2023-05"
    assert keys.category_shard_pk("GROCERY", 3) == "CATEGORY#GROCERY#shard03"
    assert keys.card_shard_pk("card456", 15) == "CARD#card456#shard15"
    assert keys.due_pk("2023-10", 3) == "DUE#2023-10#shard03"
    assert keys.due_sk(date(2023, 10, 29), "user123", KickbackType.POINT, 7) == "2023-10-29#user123#POINT#0000000007"
    assert (keys.expiry_pk(16), keys.done_sk(date(2023, 10, 29))) == ("EXPIRY#shards16", "DONE#2023-10-29")
    assert (keys.benefit_pk("video"), keys.benefit_sk(7)) == ("BENEFIT#video", "VERSION#0000000007")
    assert keys.exercise_sk("video", 3) == "EXERCISED#video#0000000003"


@settings(max_examples=200)
@given(primary_keys, primary_keys)
def test_no_two_items_share_a_key(first: tuple[object, object], second: tuple[object, object]) -> None:
    assert (first[1] == second[1]) == (first[0] == second[0])


@settings(max_examples=200)
@given(shard_keys, shard_keys)
def test_no_two_shards_share_a_key(first: tuple[object, object], second: tuple[object, object]) -> None:
    assert (first[1] == second[1]) == (first[0] == second[0])


def test_ids_that_look_like_keys_share_none() -> None:
    made = [(keys.user_pk(user), keys.transaction_sk(date(2023, 5, 1), one)) for user, one in product(TRICKY, TRICKY)]
    made += [(keys.guard_pk(one), keys.GUARD_SK) for one in TRICKY]
    made += [(keys.user_pk(user), keys.ledger_sk(kind, 1)) for user, kind in product(TRICKY, KickbackType)]
    made += [(keys.card_shard_pk(one, shard), "") for one, shard in product(TRICKY, range(100))]
    made += [(keys.category_shard_pk(one, shard), "") for one, shard in product(TRICKY, range(100))]
    assert len(set(made)) == len(made)


@settings(max_examples=300)
@given(st.none() | days, st.none() | days, days, ids)
def test_a_range_of_sort_keys_holds_exactly_the_days_of_the_range(
    first: date | None, last: date | None, day: date, transaction_id: str
) -> None:
    low, high = keys.transaction_range(DateRange(first, last))
    inside = (first is None or first <= day) and (last is None or day <= last)
    assert (low <= keys.transaction_sk(day, transaction_id) <= high) == inside


@settings(max_examples=200)
@given(days, ids, st.integers(-1, 1))
def test_the_first_and_the_last_day_are_in_it(day: date, transaction_id: str, off: int) -> None:
    low, high = keys.transaction_range(DateRange(day, day))
    key = keys.transaction_sk(day + timedelta(days=off), transaction_id)
    assert (low <= key <= high) == (off == 0)


@settings(max_examples=200)
@given(days, ids, kinds, st.integers(1, 10**10 - 1), st.integers(-1, 1), st.integers(-1, 1))
def test_what_is_due_on_days_is_exactly_what_is_due_on_them(
    day: date, user_id: str, kind: KickbackType, version: int, first: int, last: int
) -> None:
    low, high = keys.due_range(day + timedelta(days=first), day + timedelta(days=last))
    due_sk = keys.due_sk(day, user_id, kind, version)
    assert (low <= due_sk <= high) == (first <= 0 <= last)
    assert keys.account_of_due_sk(due_sk) == Account(user_id, kind)


@settings(max_examples=100)
@given(st.none() | days, st.none() | days, kinds, st.integers(1, MAX_AMOUNT))
def test_no_ledger_entry_is_in_the_history(
    first: date | None, last: date | None, kind: KickbackType, version: int
) -> None:
    low, high = keys.transaction_range(DateRange(first, last))
    assert not low <= keys.ledger_sk(kind, version) <= high


@settings(max_examples=150)
@given(days, ids, days, ids)
def test_history_sorts_by_day_then_id(day: date, one: str, other_day: date, other: str) -> None:
    assume((day, one) != (other_day, other))
    before = keys.transaction_sk(day, one) < keys.transaction_sk(other_day, other)
    # Of ids of which one begins with the other, the shorter one comes first.
    assert before == ((day, one) < (other_day, other))


@settings(max_examples=150)
@given(days, ids, ids, ids)
def test_reversals_stand_beside_their_purchase(day: date, one: str, reversal: str, other: str) -> None:
    assume(one != other)
    own, undone = keys.transaction_sk(day, one), keys.transaction_sk(day, item_id(one, reversal))
    assert own < undone
    assert not own < keys.transaction_sk(day, other) < undone
    low, high = keys.transaction_range(DateRange(day, day))
    assert low <= undone <= high


@settings(max_examples=150)
@given(kinds, kinds, st.integers(1, 10**10 - 1), st.integers(1, 10**10 - 1))
def test_entries_sort_by_version_and_stay_in_their_account(
    kind: KickbackType, other: KickbackType, version: int, later: int
) -> None:
    assert (keys.ledger_sk(kind, version) < keys.ledger_sk(kind, later)) == (version < later)
    assert keys.ledger_sk(kind, version).startswith(keys.ledger_prefix(other)) == (kind is other)


@pytest.mark.parametrize(
    "partition_key",
    [
        keys.user_pk(LONGEST_ID),
        keys.guard_pk(LONGEST_ID),
        keys.card_shard_pk(LONGEST_ID, 99),
        keys.category_shard_pk("X" * 32, 99),
    ],
)
def test_the_longest_ids_fit(partition_key: str) -> None:
    assert len(partition_key.encode()) <= MAX_PK_BYTES
    assert len(keys.transaction_sk(date.max, LONGEST_ID).encode()) <= MAX_SK_BYTES
