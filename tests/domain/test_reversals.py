"""What a reversal takes back: by hand, and whatever the parts are."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.decisions.claw_back import Clawback, ClawbackPolicy, decide_claw_back
from app.domain.decisions.earn import decide_earn
from app.domain.decisions.following import Moment
from app.domain.identifiers import MAX_AMOUNT
from app.domain.ledger import LedgerEntry
from app.domain.rates import kickback_of
from app.domain.reversals import Part, item_id, kickback_reversed, next_part, reversal_of
from tests.domain.passbooks import ACCOUNT, TOKYO, earning, findings
from tests.purchases import EXAMPLE, purchase

NOTHING = Part(0, 0)
amounts = st.integers(1, MAX_AMOUNT)


@pytest.mark.parametrize(
    ("kickback", "amount", "reversed_amount", "expected"),
    [
        (50, 5000, 5000, 50),
        (50, 5000, 2000, 20),
        (50, 5000, 1, 1),  # 4,999 yen at 1 % earn 49
        (50, 5000, 100, 1),
        (50, 5000, 101, 2),
        (50, 5000, 0, 0),
        (0, 5000, 5000, 0),
        (1, 3, 1, 1),
        (1, 3, 3, 1),
        (10**12, 1, 1, 10**12),
    ],
)
def test_what_is_taken_back_by_hand(kickback: int, amount: int, reversed_amount: int, expected: int) -> None:
    assert kickback_reversed(kickback, amount, reversed_amount) == expected


@settings(max_examples=200)
@given(amounts, st.integers(0, 1_000_000), st.data())
def test_what_is_left_has_earned_what_it_would_have_alone(amount: int, millionths: int, data: st.DataObject) -> None:
    kickback = kickback_of(amount, millionths)
    taken = data.draw(st.integers(0, amount))
    left = kickback - kickback_reversed(kickback, amount, taken)
    alone = kickback_of(amount - taken, millionths)
    assert left <= alone
    assert left >= alone - 1  # the purchase's own kickback had been rounded down once already


@settings(max_examples=200)
@given(amounts, st.integers(0, MAX_AMOUNT), st.lists(st.integers(1, MAX_AMOUNT), max_size=8))
def test_parts_add_up_to_the_whole(amount: int, kickback: int, wanted: list[int]) -> None:
    bought = purchase(transaction_amount=amount, kickback_amount=kickback)
    before = NOTHING
    for one in [*wanted, None]:
        part = next_part(bought, before, one)
        left = amount - before.amount
        if part is None:
            assert left == 0 or (one is not None and one > left)
            continue
        assert part.amount == (left if one is None else one)
        assert 0 <= part.kickback <= kickback - before.kickback
        before = Part(before.amount + part.amount, before.kickback + part.kickback)
        assert before.kickback == kickback_reversed(kickback, amount, before.amount)
        # Rounded against whoever takes parts back: never is more left than the rest's share.
        assert (kickback - before.kickback) * amount <= kickback * (amount - before.amount)
    assert before == Part(amount, kickback)


@pytest.mark.parametrize("amount", [5001, 0, -1, MAX_AMOUNT])
def test_more_than_there_is_or_nothing_is_no_part(amount: int) -> None:
    assert next_part(EXAMPLE, NOTHING, amount) is None


@pytest.mark.parametrize("amount", [None, 1])
def test_nothing_is_left_of_what_was_taken_back(amount: int | None) -> None:
    assert next_part(EXAMPLE, Part(5000, 50), amount) is None


def test_the_item_is_the_purchases_own_with_negative_amounts() -> None:
    bought = purchase(occurred_at="2023-05-01T21:34:56+09:00", expiration_time=1_700_000_000)
    found = reversal_of(
        bought, Part(2000, 20), reversal_id="r1", is_last=False, reason="broken", created_at="2023-06-01T00:00:00Z"
    )
    line = found.line
    assert (line.transaction_amount, line.kickback_amount, found.count_change) == (-2000, -20, 0)
    assert (line.transaction_date, line.card_id, line.card_name) == (date(2023, 5, 1), "card456", "プラチナカード")
    assert (line.kickback_rate_millionths, line.expiration_time) == (10_000, 1_700_000_000)
    assert (line.created_at, line.occurred_at, line.description) == ("2023-06-01T00:00:00Z", None, None)
    assert (found.item_id, found.reason) == ("txn001#r1", "broken")
    last = reversal_of(bought, Part(5000, 50), reversal_id="r2", is_last=True, reason=None, created_at="")
    assert last.count_change == -1


def test_ids_of_items_are_apart() -> None:
    assert item_id("a", None) == "a"
    assert len({item_id("a", "b"), item_id("a", None), item_id("a-b", None), item_id("a", "b-c")}) == 4


@settings(max_examples=50)
@given(
    st.lists(st.tuples(st.integers(1, 10**6), st.integers(0, 10**6), st.integers(1, 5)), min_size=1, max_size=12),
    st.sampled_from(ClawbackPolicy),
)
def test_a_loop_of_buying_and_reversing_leaves_nothing(
    loop: list[tuple[int, int, int]], policy: ClawbackPolicy
) -> None:
    at = datetime(2023, 5, 1, tzinfo=UTC)
    book: list[LedgerEntry] = []
    for number, (amount, millionths, parts) in enumerate(loop):
        bought = purchase(transaction_amount=amount, kickback_amount=kickback_of(amount, millionths))
        if bought.kickback_amount:
            book += decide_earn(book[-1] if book else None, earning(bought.kickback_amount, at=at))
        before = NOTHING
        for left in range(parts, 0, -1):
            part = next_part(bought, before, (amount - before.amount) // left or None)
            if part is None:
                break
            before = Part(before.amount + part.amount, before.kickback + part.kickback)
            if part.kickback:
                moment = Moment(at, at + timedelta(seconds=number), TOKYO)
                lot = ("PURCHASE", date(2023, 10, 28))
                book += decide_claw_back(
                    book[-1], Clawback(ACCOUNT, part.kickback, *lot, f"REVERSAL#{number}", policy, moment)
                )
    assert findings(book) == []
    assert not book or (book[-1].balance, book[-1].lots, book[-1].deficit) == (0, (), 0)
