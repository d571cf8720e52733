"""How large a ledger entry can get: the README's figures are these bounds."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain.decisions.earn import Earning, decide_earn
from app.domain.decisions.following import Insufficient, Moment
from app.domain.decisions.use import Use, decide_use
from app.domain.identifiers import MAX_AMOUNT
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, LedgerEntry
from app.store.ledger_codec import ledger_item
from app.store.limits import item_bytes

ZONE = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 1, 1, 12, tzinfo=ZONE)
MOMENT = Moment(NOW, NOW, ZONE)
ACCOUNT = Account("u" * 16, KickbackType.CASHBACK)
FIXED_BYTES = 1024
BYTES_A_LOT = 8  # an ordinary one; amounts of the largest kind take more
BYTES_A_LARGE_LOT = 40


def opened(lots: int, amount: int) -> LedgerEntry:
    head: LedgerEntry | None = None
    for day in range(lots):
        last = date(2026, 2, 1) + timedelta(days=day)
        (head,) = decide_earn(
            head, Earning(ACCOUNT, amount + day % 7, "PURCHASE", f"TRANSACTION#{day:036d}", last, "P180D", MOMENT)
        )
    assert head is not None
    return head


def used(head: LedgerEntry) -> LedgerEntry:
    decided = decide_use(head, Use(ACCOUNT, head.balance, f"REDEMPTION#{'r' * 36}", MOMENT))
    assert not isinstance(decided, Insufficient)
    return decided[-1]


def size(entry: LedgerEntry) -> int:
    return item_bytes(ledger_item(entry, due_shards=4))


@pytest.mark.parametrize("lots", [1, 40, 400])
@pytest.mark.parametrize(
    ("amount", "each"), [(10, BYTES_A_LOT), (90_000, 2 * BYTES_A_LOT), (MAX_AMOUNT // 400 - 7, BYTES_A_LARGE_LOT)]
)
def test_an_entry_stays_under_its_bound(lots: int, amount: int, each: int) -> None:
    earned = opened(lots, amount)
    assert (len(earned.lots), size(earned) <= FIXED_BYTES + each * lots) == (lots, True), size(earned)
    everything = used(earned)
    assert (len(everything.allocations), size(everything) <= FIXED_BYTES + each * lots) == (lots, True)


def test_what_was_closed_takes_no_room() -> None:
    assert size(used(opened(40, 10))) < size(opened(40, 10))
    (after,) = decide_earn(
        used(opened(400, 10)), Earning(ACCOUNT, 1, "PURCHASE", "TRANSACTION#t", date(2028, 1, 1), "P180D", MOMENT)
    )
    assert size(after) <= FIXED_BYTES
