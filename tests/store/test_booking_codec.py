"""Ledger entries as the stream and a scan of the facts bring them: what the journal's sums need, or poison."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from app.domain.bookings import Booking, booking_of
from app.domain.ledger import LedgerEntry
from app.domain.totals import Figures
from app.ports.scans import Unreadable
from app.settings import Settings
from app.store.database import Database
from app.store.ledger_codec import ledger_item
from app.store.purchase_codec import purchase_item
from app.store.scans import DynamoFactScan
from app.store.stream_codec import record_from_event, record_of
from app.telemetry import CHANGED_FACTS
from tests.domain.histories import histories
from tests.domain.passbooks import earning, passbook
from tests.purchases import EXAMPLE
from tests.store.test_stream_codec import SECRET, record

(ENTRY,) = passbook([earning(50)])
ITEM = ledger_item(ENTRY, due_shards=4)


def changed(**attributes: Any) -> dict[str, Any]:
    """The entry with other attributes; None leaves one out."""
    return {name: value for name, value in (ITEM | attributes).items() if value is not None}


def postings(*of: tuple[Any, Any, Any]) -> dict[str, Any]:
    return {"L": [{"L": list(members)} for members in of]}


def test_every_entry_has_its_booking_from_both_hosts() -> None:
    for entry in histories(3, steps=60):
        given = record(item=ledger_item(entry, due_shards=4))
        for found in (record_of(json.dumps(given).encode()), record_from_event(given)):
            assert (found.figures, found.poison) == (booking_of(entry), None)


@pytest.mark.parametrize(
    "item",
    [
        changed(postings=None),
        changed(recordedAt=None),
        changed(ledgerType={"S": SECRET}),
        changed(version={"N": SECRET}),
        changed(userId={"N": "1"}),
        changed(effectiveAt={"S": SECRET}),
        changed(effectiveAt={"S": "2023-05-01"}),
        changed(postings=postings(({"S": SECRET}, {"N": "1"}, {"N": "0"}))),
        changed(postings=postings(({"S": "2110"}, {"N": SECRET}, {"N": "0"}))),
        changed(postings=postings(({"S": "2110"}, {"N": "1.5"}, {"N": "0"}))),
        changed(postings={"L": [{"L": [{"S": "2110"}]}]}),
        changed(postings={"L": [{"S": SECRET}]}),
    ],
)
def test_an_entry_that_cannot_be_read_is_poison_and_says_why_without_its_values(item: dict[str, Any]) -> None:
    found = record_from_event(record(item=item))
    assert found.figures is None
    assert found.poison is not None
    assert found.poison.startswith("not a ledger entry: ")
    assert SECRET not in found.poison
    assert len(found.poison) < 120


@pytest.mark.parametrize("event", ["MODIFY", "REMOVE"])
def test_an_entry_somebody_changed_is_told_and_not_counted(event: str) -> None:
    before = CHANGED_FACTS._value.get()
    found = record_from_event(record(event, item=ITEM))
    assert (found.figures, found.poison) == (None, None)
    assert CHANGED_FACTS._value.get() == before + 1


@pytest.mark.dynamodb
async def test_a_scan_finds_what_views_count_and_entries_alone(
    make_settings: Callable[..., Awaitable[Settings]], admin: Any, client: Any
) -> None:
    table = (await make_settings()).facts_table
    entries = histories(11, steps=40)
    bad = changed(PK={"S": "USER#bad"}, userId={"S": "bad"}, postings={"S": "x"})
    moved = changed(PK={"S": "USER#moved"})
    items = [ledger_item(one, due_shards=4) for one in entries]
    items += [purchase_item(EXAMPLE, category_shards=1, card_shards=1), bad, moved]
    items.append({"PK": {"S": "TXN#t"}, "SK": {"S": "TXN"}})  # neither
    await asyncio.gather(*(admin.put_item(TableName=table, Item=one) for one in items))
    scan = DynamoFactScan(Database(client, table), 3)
    countable = [one for segment in range(3) async for page in scan.figures(segment) for one in page]
    found = [one for segment in range(3) async for page in scan.entries(segment) for one in page]

    assert sorted(one for one in countable if isinstance(one, Booking)) == sorted(map(booking_of, entries))
    assert [one.transaction_id for one in countable if isinstance(one, Figures)] == ["txn001"]
    assert _by_hash(found) == _by_hash(entries)
    for some in (countable, found):
        unreadable = {one.key.partition("|")[0] for one in some if isinstance(one, Unreadable)}
        assert unreadable == {"USER#bad", "USER#moved"}


def _by_hash(entries: Any) -> list[LedgerEntry]:
    return sorted((one for one in entries if isinstance(one, LedgerEntry)), key=lambda entry: entry.hash)
