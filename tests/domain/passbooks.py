"""Passbooks for tests, and an audit of them that shares nothing with the code but the hash."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from app.domain.decisions.earn import Earning, decide_earn
from app.domain.decisions.following import Moment
from app.domain.kickbacks import KickbackType
from app.domain.ledger import GENESIS_HASH, Account, LedgerEntry, Tip, entry_hash

ACCOUNT = Account("user123", KickbackType.POINT)
TOKYO = ZoneInfo("Asia/Tokyo")
AT = datetime(2023, 5, 1, 12, 34, 56, tzinfo=UTC)


def earning(
    amount: int = 50,
    *,
    account: Account = ACCOUNT,
    source: str = "PURCHASE",
    cause: str = "TRANSACTION#txn001",
    expires_on: date | None = date(2023, 10, 28),
    at: datetime = AT,
) -> Earning:
    return Earning(account, amount, source, cause, expires_on, "180 days", Moment(at, at + timedelta(seconds=1), TOKYO))


def passbook(earnings: Sequence[Earning]) -> list[LedgerEntry]:
    entries: list[LedgerEntry] = []
    for one in earnings:
        entries += decide_earn(entries[-1] if entries else None, one)
    return entries


def tip_of(entry: LedgerEntry) -> Tip:
    """What a next one has to know of it."""
    return Tip(
        account=entry.account,
        version=entry.version,
        deficit=entry.deficit,
        lots=entry.lots,
        posted_at=entry.posted_at,
        lateness=entry.lateness,
        hash=entry.hash,
    )


def findings(entries: Sequence[LedgerEntry]) -> list[str]:
    """What an auditor would object to."""
    found = []
    previous, balance = GENESIS_HASH, 0
    for place, entry in enumerate(entries, start=1):
        balance += entry.amount
        if entry.version != place:
            found.append(f"{place}: version {entry.version}")
        if entry.balance != balance:
            found.append(f"{place}: balance {entry.balance}, not {balance}")
        if entry.previous_hash != previous:
            found.append(f"{place}: does not follow the entry before")
        if entry.hash != entry_hash(entry):
            found.append(f"{place}: was edited")
        previous = entry.hash
    return found


earnings = st.lists(
    st.builds(
        earning,
        st.integers(1, 10**12),
        source=st.sampled_from(["PURCHASE", "CAMPAIGN"]),
        expires_on=st.none() | st.dates(date(2023, 1, 1), date(2023, 1, 9)),
        cause=st.integers(0, 10**6).map("TRANSACTION#{}".format),
    ),
    min_size=1,
    max_size=12,
)
