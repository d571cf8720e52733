from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.journal import Posting
from app.domain.ledger import LedgerEntry
from app.maintenance.journal_export import JournalSums, month_entries
from app.ports.scans import Unreadable
from tests.domain.histories import BEGIN, histories
from tests.domain.passbooks import earning, passbook
from tests.domain.trial_sums import added_up
from tests.fakes.scans import FakeFactScan

FIRST = BEGIN - timedelta(days=1)
END = BEGIN + timedelta(days=100)


async def exported(
    facts: FakeFactScan, sums: JournalSums, first: datetime = FIRST, end: datetime = END, passes: int = 1
) -> list[LedgerEntry]:
    found: list[LedgerEntry] = []
    async for entries in month_entries(facts, first, end, sums, passes=passes):
        found += entries
    return found


def order(entry: LedgerEntry) -> tuple[str, str, str, int]:
    return entry.effective_at, entry.account.user_id, entry.account.kind, entry.version


def within(entries: Sequence[LedgerEntry], first: datetime, end: datetime) -> list[LedgerEntry]:
    return sorted((e for e in entries if first <= datetime.fromisoformat(e.effective_at) < end), key=order)


@pytest.mark.parametrize("passes", [1, 2, 7])
@pytest.mark.parametrize("seed", range(4))
async def test_every_entry_of_the_time_once_and_in_order(seed: int, passes: int) -> None:
    entries = histories(seed, steps=60)
    first, end = BEGIN + timedelta(days=20), BEGIN + timedelta(days=60)
    sums = JournalSums()
    found = await exported(FakeFactScan(others=list(entries)), sums, first, end, passes)
    assert found == within(entries, first, end)
    assert 0 < len(found) < len(entries)
    assert (sums.entries, sums.is_balanced) == (len(found), True)
    debits = {kind.value: debit for kind, (debit, _) in sums.sums.items()}
    assert sum(debits.values()) == sum(debit for debit, _ in added_up(found, "9").values())


@pytest.mark.parametrize("passes", [1, 3])
async def test_the_first_instant_is_in_it_and_the_last_is_not(passes: int) -> None:
    first, end = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    moment = timedelta(microseconds=1)
    ats = (first - moment, first, end - moment, end)
    entries = [passbook([earning(at=at)])[0] for at in ats]
    found = await exported(FakeFactScan(others=list(entries)), JournalSums(), first, end, passes)
    assert found == entries[1:3]


async def test_types_are_summed_apart_and_each_entry_has_to_be_balanced_in_itself() -> None:
    first, second = passbook([earning(10), earning(20)])
    wrong = [
        replace(first, postings=(first.postings[0], Posting("2110", 0, 11))),
        replace(second, postings=(second.postings[0], Posting("2110", 0, 19))),
    ]
    sums = JournalSums()
    await exported(FakeFactScan(others=list(wrong)), sums, datetime(2023, 1, 1, tzinfo=UTC), END)
    assert [one for one, other in sums.sums.values()] == [other for one, other in sums.sums.values()]
    assert sums.unbalanced == ["user123 POINT 1", "user123 POINT 2"]
    assert not sums.is_balanced


@pytest.mark.parametrize("passes", [1, 3])
async def test_what_cannot_be_read_is_told_once_and_nothing_is_balanced(passes: int) -> None:
    sums = JournalSums()
    await exported(FakeFactScan(unreadable=[Unreadable("key", "reason")], segments=1), sums, passes=passes)
    assert (sums.unreadable, sums.is_balanced) == (["key"], False)
