from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.decisions.claw_back import Clawback, ClawbackPolicy, decide_claw_back
from app.domain.decisions.earn import Earning, decide_earn
from app.domain.decisions.following import Moment
from app.domain.decisions.use import Use, decide_use
from app.domain.explanation_texts import cause_line, entry_lines, kickback_lines, reversal_line
from app.domain.explanations import Basis, LotChange, chain_of, kickback_reason, lot_changes
from app.domain.identifiers import MAX_AMOUNT
from app.domain.journal import EntryKind
from app.domain.kickbacks import KickbackType
from app.domain.ledger import LedgerEntry
from app.domain.lots import DEFICIT
from app.domain.rates import ratio_millionths
from tests.domain.passbooks import ACCOUNT, AT, TOKYO, earning, earnings, passbook
from tests.purchases import purchase

DAY = date(2023, 10, 28)
LATER = Moment(AT + timedelta(days=1), AT + timedelta(days=1), TOKYO)


@pytest.mark.parametrize(
    ("amount", "rate", "kickback", "basis", "line"),
    [
        (5000, 10_000, 50, Basis.RATE, "5000 x 0.01 = 50."),
        (5999, 10_000, 59, Basis.RATE, "5999 x 0.01 = 59.99, rounded down to 59."),
        (99, 10_000, 0, Basis.RATE, "99 x 0.01 = 0.99, rounded down to 0."),
        (3, 333_333, 1, Basis.AMOUNT, "The kickback was given; the rate is 1 / 3 = 0.333333 to 6 decimals."),
        (
            5000,
            10_000,
            70,
            Basis.BOTH,
            "The kickback was given, and so was the rate, by which it would be 5000 x 0.01 = 50.",
        ),
        (
            5999,
            10_000,
            60,
            Basis.BOTH,
            "The kickback was given, and so was the rate, by which it would be 5999 x 0.01 = 59.99, rounded down to "
            "59.",
        ),
        (10**12, 1_000_000, 10**12, Basis.RATE, "1000000000000 x 1 = 1000000000000."),
        (7, 0, 0, Basis.RATE, "7 x 0 = 0."),
    ],
)
def test_how_a_kickback_came_about(amount: int, rate: int, kickback: int, basis: Basis, line: str) -> None:
    bought = purchase(transaction_amount=amount, kickback_rate_millionths=rate, kickback_amount=kickback)
    reason = kickback_reason(bought)
    assert reason.basis is basis
    first, second = kickback_lines(bought, reason)
    assert first == f"Purchase txn001 of {amount} on 2023-05-01 gave {kickback} points."
    assert second == line


@given(st.integers(1, MAX_AMOUNT), st.integers(0, MAX_AMOUNT))
def test_a_given_kickback_explains_its_derived_rate(amount: int, kickback: int) -> None:
    rate = ratio_millionths(kickback, amount) or 0
    reason = kickback_reason(
        purchase(transaction_amount=amount, kickback_rate_millionths=rate, kickback_amount=kickback)
    )
    assert reason.basis is not Basis.BOTH
    assert reason.basis is not Basis.RATE or reason.by_rate == kickback
    assert 0 <= reason.product_millionths - reason.by_rate * 1_000_000 < 1_000_000


def changes_of(entries: list[LedgerEntry]) -> list[list[LotChange]]:
    pairs = zip([None, *entries], entries, strict=False)
    return [lot_changes(before, entry) for before, entry in pairs]


@given(earnings)
def test_changes_add_up_in_whole_passbooks(commands: list[Earning]) -> None:
    entries = passbook(commands)
    for entry, changes in zip(entries, changes_of(entries), strict=True):
        assert sum(one.change for one in changes) == entry.amount
        assert all(one.adds_up for one in changes)


def spent_then_taken_back() -> list[LedgerEntry]:
    """Earn 50, use 30, take 50 back: 20 from the lot, 30 owed; then 40 come in."""
    entries = passbook([earning(50)])
    entries += decide_use(entries[-1], Use(ACCOUNT, 30, "REDEMPTION#r1", LATER))  # type: ignore[arg-type]  # there is enough
    clawback = Clawback(ACCOUNT, 50, "PURCHASE", DAY, "REVERSAL#txn001#v1", ClawbackPolicy.ALLOW_NEGATIVE, LATER)
    entries += decide_claw_back(entries[-1], clawback)
    entries += decide_earn(entries[-1], earning(40, cause="TRANSACTION#txn002", at=AT + timedelta(days=2)))
    return entries


def test_a_deficit_is_a_change_too() -> None:
    earned, used, back, again = changes_of(spent_then_taken_back())
    assert earned == [LotChange("PURCHASE", DAY, 0, 50, 50)]
    assert used == [LotChange("PURCHASE", DAY, 50, 20, -30)]
    assert back == [LotChange("PURCHASE", DAY, 20, 0, -20), LotChange(DEFICIT, None, 0, 30, -30)]
    assert again == [LotChange(DEFICIT, None, 30, 0, 30), LotChange("PURCHASE", DAY, 0, 10, 10)]
    assert all(one.adds_up for changes in (earned, used, back, again) for one in changes)
    assert [one.lot_id for one in back] == ["PURCHASE:2023-10-28", "DEFICIT"]


def test_a_change_that_does_not_add_up_is_seen() -> None:
    before, entry, *_ = spent_then_taken_back()
    forged = replace(entry, lots=(entry.lots[0]._replace(remaining=21),))
    assert [one.adds_up for one in lot_changes(before, forged)] == [False]


def test_the_chain() -> None:
    first, second, third, _ = spent_then_taken_back()
    assert chain_of(None, first).follows
    assert chain_of(None, first).is_intact
    assert chain_of(first, second).follows
    assert chain_of(first, second).is_intact
    forged = replace(second, amount=-29)
    assert (chain_of(first, forged).is_intact, chain_of(first, forged).follows) == (False, True)
    resealed = replace(forged, hash=chain_of(first, forged).recomputed)
    assert chain_of(first, resealed).is_intact
    assert not chain_of(resealed, third).follows
    missing = chain_of(None, second)
    assert (missing.is_intact, missing.previous, missing.follows) == (True, None, False)


def lines(entry: LedgerEntry, before: LedgerEntry | None) -> list[str]:
    return list(entry_lines(entry, before, lot_changes(before, entry), chain_of(before, entry), zone=TOKYO))


def test_an_earning_in_sentences() -> None:
    (entry,) = passbook([earning(50)])
    assert lines(entry, None) == [
        "Entry 1 of the POINT account: 50 points earned by TRANSACTION#txn001; it happened at "
        "2023-05-01T12:34:56.000000Z, and was recorded at 2023-05-01T12:34:57.000000Z.",
        "The balance was 0 before and is 50 after it.",
        "50 went into lot PURCHASE:2023-10-28, which held 0 before and holds 50 after; it is valid through 2023-10-28 "
        "and expires at 2023-10-29T00:00:00+09:00.",
        "The rule of expiry is: 180 days.",
        "Booked: debit 5110 Promotion cost of points 50; credit 2110 Points owed to customers 50.",
        "Its hash is that of what it says.",
        "It is the first of its account.",
    ]


def test_a_clawback_of_what_was_spent_in_sentences() -> None:
    _, used, back, again = spent_then_taken_back()
    text = lines(back, used)
    assert "30 could not be taken from any lot and is owed: 0 owed before, 30 after." in text
    assert "The balance was 20 before and is -30 after it." in text
    assert "It names the hash of entry 2, so nothing was taken out between them." in text
    assert "30 settled what was owed: 30 owed before, 0 after." in lines(again, back)


def test_damage_in_sentences() -> None:
    first, second, third, _ = spent_then_taken_back()
    forged = replace(second, amount=-29)
    assert "Its hash is not that of what it says: it was changed after it was written." in lines(forged, first)
    assert "Entry 1, which it follows, is missing." in lines(second, None)
    resealed = replace(forged, hash=chain_of(first, forged).recomputed)
    assert "It names another hash than that of entry 2: one of the two was changed." in lines(third, resealed)


def test_late_never_and_adjustments_in_sentences() -> None:
    first = passbook([earning(50, expires_on=None, at=AT)])
    late = decide_earn(first[-1], earning(7, expires_on=None, at=AT - timedelta(days=9)))[-1]
    said = " ".join(lines(late, first[-1]))
    assert "happened at 2023-04-22T12:34:56.000000Z and counts in the passbook from 2023-05-01T12:34:56.000000Z" in said
    assert "it does not expire" in said
    up, down = (replace(first[0], kind=EntryKind.ADJUST, amount=amount, rule=None) for amount in (5, -5))
    assert "5 points adjusted upwards" in lines(up, None)[0]
    assert "5 points adjusted downwards" in lines(down, None)[0]
    assert not [line for line in lines(up, None) if "rule" in line]
    nothing = replace(first[0], postings=())
    assert "Nothing was booked: the amount is 0." in lines(nothing, None)


def test_reversals_and_causes_in_sentences() -> None:
    assert reversal_line(0, 0, KickbackType.MILE, of=5000) == "Nothing of the purchase has been reversed."
    assert reversal_line(2000, 20, KickbackType.MILE, of=5000).startswith("2000 of 5000 have been reversed; 20 miles")
    assert cause_line("EXPIRY", "EXPIRY#2023-10-28", found=False).startswith("The cause is the end of 2023-10-28")
    assert cause_line("REDEMPTION", "REDEMPTION#r1", found=True) == (
        "The cause is the redemption r1, which is shown with it."
    )
    assert "is not there any more" in cause_line("TRANSACTION", "TRANSACTION#t1", found=False)
