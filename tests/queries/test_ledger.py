"""Entries newest first, over accounts: pages of every size are the whole, whoever writes meanwhile."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.decisions.earn import decide_earn
from app.domain.decisions.following import Moment
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, LedgerEntry
from app.queries.ledger import Before, ledger_page
from tests.domain.passbooks import AT, TOKYO, earning
from tests.fakes import FakeFacts, FakeLedger

USER = "user123"
KINDS = list(KickbackType)


def write(facts: FakeFacts, kind: KickbackType, second: int) -> None:
    """An entry of an account, recorded at that second, about something that happened the earlier the later it is."""
    account = Account(USER, kind)
    passbook = facts.passbook(account)
    moment = Moment(AT - timedelta(seconds=second), AT + timedelta(seconds=second), TOKYO)
    one = replace(earning(1, account=account, expires_on=None), moment=moment)
    (entry,) = decide_earn(passbook[-1] if passbook else None, one)
    facts.entries[account, entry.version] = entry


def walk(facts: FakeFacts, limit: int, kinds: list[KickbackType], meanwhile: list[KickbackType]) -> list[LedgerEntry]:
    """All pages; before each but the first somebody writes."""

    async def pages() -> list[LedgerEntry]:
        found: list[LedgerEntry] = []
        after: Before | None = None
        others = iter(meanwhile)
        while True:
            page = await ledger_page(USER, kinds, limit=limit, after=after, ledger=FakeLedger(facts))
            assert 0 < len(page.entries) <= limit or after is None
            found += page.entries
            if page.following is None:
                return found
            assert len(page.entries) == limit
            after = page.following
            for kind in others:
                write(facts, kind, 10_000)
                break

    return asyncio.run(pages())


@given(
    st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 3)), max_size=25),
    st.integers(1, 9),
    st.sampled_from([KINDS, *([kind] for kind in KINDS)]),
    st.lists(st.sampled_from(KINDS), max_size=8),
)
def test_pages_of_every_size_are_the_whole(
    writes: list[tuple[KickbackType, int]], limit: int, kinds: list[KickbackType], meanwhile: list[KickbackType]
) -> None:
    facts = FakeFacts()
    second = 0
    for kind, later in writes:
        second += later
        write(facts, kind, second)
    expected = sorted(
        (entry for (account, _), entry in facts.entries.items() if account.kind in kinds),
        key=lambda entry: (entry.recorded_at, entry.account.kind.value, entry.version),
        reverse=True,
    )
    assert walk(facts, limit, kinds, meanwhile) == expected


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(-5, 5)), max_size=20), st.integers(1, 5))
def test_clocks_that_go_back_lose_and_repeat_nothing(writes: list[tuple[KickbackType, int]], limit: int) -> None:
    facts = FakeFacts()
    for kind, second in writes:
        write(facts, kind, second)
    found = walk(facts, limit, KINDS, [])
    assert len(found) == len(writes)
    for kind in KINDS:
        own = [entry.version for entry in found if entry.account.kind is kind]
        assert own == sorted(own, reverse=True)
        assert len(set(own)) == len(own)


def test_an_account_that_is_at_its_beginning_is_not_read_again() -> None:
    facts = FakeFacts()
    for second in range(5):
        write(facts, KickbackType.MILE, second)
    walk(facts, 2, KINDS, [])
    assert facts.calls["newest_first"] == 3 + 1 + 1
