"""Reversals among the purchases: kept with their command, and shown by the Kickbacks and Timelines ports like them."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import uuid4

import pytest

from app.domain.periods import DateRange
from app.domain.purchases import Purchase
from app.domain.reversals import Part, Reversal, reversal_of
from app.domain.totals import Figures, total_of
from app.ports.kickbacks import KickbackFilter
from app.ports.ledger import CommandId, CommandKind, NewCommand, NotAppended, Receipt, Tally, TallyId
from app.ports.pages import Page, Position, PurchaseLine
from app.ports.timelines import Subject, Timeline
from app.ports.transactions import Appended
from tests.audit_rows import row
from tests.contract.conftest import NOW_EPOCH, SHARD_COUNTS
from tests.contract.stores import Stores
from tests.contract.test_pages import EVERYTHING, GROCERY, some, walk, write
from tests.fakes.documents import figures_of, purchase_line

CREATED_AT = "2023-06-01T00:00:00.000000Z"


def reversals(purchases: Sequence[Purchase]) -> list[Reversal]:
    """None of the first, one of the second (all of it), two of the third (some of it), none of the fourth ..."""
    return [
        reversal_of(
            one,
            Part(1000 if count == 2 else one.transaction_amount, 0),
            reversal_id=f"v{number}",
            is_last=count == 1,
            reason="返品" if number else None,
            created_at=CREATED_AT,
        )
        for place, one in enumerate(purchases)
        for count in [place % 3]
        for number in range(count)
    ]


def command(one: Reversal) -> NewCommand:
    owner = one.line.transaction_id
    receipt = Receipt(CommandId(CommandKind.REVERSAL, owner, (one.reversal_id,)), "f", CREATED_AT, b"{}")
    tally = Tally(TallyId(CommandKind.REVERSAL, owner), 1, -one.line.transaction_amount)
    return NewCommand((), receipt, (tally,), (one,))


async def write_reversals(stores: Stores, many: Sequence[Reversal]) -> None:
    command = NewCommand((), further=tuple(many))
    assert await stores.ledger.append(command, audit=row(), token=str(uuid4())) == Appended()


async def test_it_is_written_with_its_command_or_not_at_all(stores: Stores) -> None:
    (bought,) = some(1)
    await write(stores, [bought])
    whole = reversal_of(bought, Part(5000, 0), reversal_id="v0", is_last=True, reason=None, created_at=CREATED_AT)
    other = reversal_of(bought, Part(5000, 0), reversal_id="v1", is_last=True, reason=None, created_at=CREATED_AT)
    assert await stores.ledger.append(command(whole), audit=row(), token=str(uuid4())) == Appended()
    receipt = command(whole).receipt
    assert await stores.ledger.append(command(whole), audit=row(), token=str(uuid4())) == NotAppended(receipt)
    assert await stores.ledger.append(command(other), audit=row(), token=str(uuid4())) == NotAppended(None)
    page = await stores.kickbacks.page("user123", EVERYTHING, KickbackFilter(), limit=9, after=None)
    assert list(page.lines) == [purchase_line(whole), purchase_line(bought)]
    assert receipt is not None
    assert await stores.ledger.receipt(receipt.id) == receipt


async def test_history_pages_of_every_size_are_the_sorted_whole(stores: Stores) -> None:
    purchases = some(40)
    undone = reversals(purchases)
    await write(stores, purchases)
    await write_reversals(stores, undone)
    lines = sorted([*map(purchase_line, purchases), *map(purchase_line, undone)], key=_newest, reverse=True)

    async def read(count: int, after: Position | None) -> Page:
        return await stores.kickbacks.page("user123", EVERYTHING, KickbackFilter(), limit=count, after=after)

    for limit in (1, 2, 3, 7, 40, len(lines) - 1, len(lines), 200):
        assert await walk(read, limit) == lines


@pytest.mark.parametrize("shards", SHARD_COUNTS)
@pytest.mark.parametrize("timeline", [GROCERY, Timeline(Subject.CARD, "card1")])
async def test_timeline_pages_of_every_size_are_the_same_whole(
    make_stores: Callable[[int], Awaitable[Stores]], shards: int, timeline: Timeline
) -> None:
    stores = await make_stores(shards)
    purchases = some(40)
    undone = reversals(purchases)
    await write(stores, purchases)
    await write_reversals(stores, undone)

    async def read(count: int, after: Position | None) -> Page:
        return await stores.timelines.page(timeline, EVERYTHING, limit=count, after=after)

    whole = await walk(read, 200)
    expected = [purchase_line(one) for one in purchases if timeline == GROCERY or one.card_id == "card1"]
    expected += [purchase_line(one) for one in undone if timeline == GROCERY or one.line.card_id == "card1"]
    assert sorted(whole, key=_newest) == sorted(expected, key=_newest)
    for limit in (1, 2, 5, 13, len(whole) - 1, len(whole)):
        assert await walk(read, limit) == whole


async def test_sums_fold_them_too(stores: Stores) -> None:
    purchases = some(12)
    undone = reversals(purchases)
    await write(stores, purchases)
    await write_reversals(stores, undone)
    expected = [*map(figures_of, purchases), *map(figures_of, undone)]
    by_user: list[Figures] = []
    by_category: list[Figures] = []
    await stores.kickbacks.fold("user123", EVERYTHING, by_user.extend)
    await stores.timelines.fold(GROCERY, EVERYTHING, by_category.extend)
    assert sorted(by_user) == sorted(by_category) == sorted(expected)
    assert total_of(expected).count == 8  # of twelve, four are taken back wholly


async def test_they_end_with_their_purchase(stores: Stores) -> None:
    purchases = [*some(1, expiration_time=NOW_EPOCH), *some(2, expiration_time=NOW_EPOCH + 1)[1:]]
    undone = [
        reversal_of(one, Part(1, 0), reversal_id="v0", is_last=False, reason=None, created_at=CREATED_AT)
        for one in purchases
    ]
    await write(stores, purchases)
    await write_reversals(stores, undone)
    page = await stores.kickbacks.page("user123", EVERYTHING, KickbackFilter(), limit=9, after=None)
    assert list(page.lines) == [purchase_line(undone[1]), purchase_line(purchases[1])]
    timeline = await stores.timelines.page(GROCERY, DateRange(), limit=9, after=None)
    assert len(timeline.lines) == 2


def _newest(line: PurchaseLine) -> tuple[str, str, str]:
    return (line.transaction_date, line.transaction_id, line.reversal_id or "")
