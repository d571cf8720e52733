"""Recording purchases in one atomic write: read each account's newest entry, decide, append; again if it had moved.

One purchase is a group of one. A batch makes larger groups, which cost fewer round trips.
"""

import asyncio
from collections.abc import Callable, Iterable, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.callers import Caller
from app.commands.auditing import RECORD, about_purchases, done, expiry_row
from app.commands.lanes import Lanes
from app.commands.settling import settle
from app.domain.decisions.earn import decide_earn, entry_of_earning
from app.domain.earning import EarningRules, earning_of
from app.domain.ledger import Account, Before, LedgerEntry
from app.domain.purchases import Purchase, fingerprint
from app.ports.audit import AuditRow
from app.ports.categories import Categories
from app.ports.errors import StoreUnavailable
from app.ports.ledger import Ledger
from app.ports.transactions import MAX_ACTIONS, Appended, Earned, Guard, NewTransaction, Refused, Transactions
from app.retrying import Backoff
from app.telemetry import WRITE_RETRIES

Heads = MutableMapping[Account, Before | None]


@dataclass(frozen=True, slots=True)
class Created:
    """Written now. `earned` is None when the kickback is 0."""

    purchase: Purchase
    earned: Earned | None


@dataclass(frozen=True, slots=True)
class Existing:
    """The same content was written before; nothing was written now."""

    guard: Guard


@dataclass(frozen=True, slots=True)
class Conflict:
    """The id is taken by other content; nothing was written."""

    transaction_id: str


Outcome = Created | Existing | Conflict


@dataclass(frozen=True, slots=True)
class Recording:
    """What recording works with, bound once at start."""

    transactions: Transactions
    ledger: Ledger
    categories: Categories
    rules: EarningRules
    lanes: Lanes
    backoff: Backoff
    now: Callable[[], datetime]
    new_token: Callable[[], str]
    caller: Callable[[], Caller]
    on_recorded: Callable[[], None]
    """Told each time that purchases have been written."""
    reads: asyncio.Semaphore
    """Bounds the newest entries being read at once in the process: a batch can need hundreds."""

    def row_of_expiry(self, account: Account) -> AuditRow:
        """For the audit trail, where what is over is booked ahead."""
        return expiry_row(account, caller=self.caller(), at=self.now())


async def record_group(purchases: Sequence[Purchase], heads: Heads, *, using: Recording) -> list[Outcome]:
    """One outcome for each purchase, in order. No transaction id twice.

    `heads` remembers the newest entry of accounts between calls; a wrong memory costs one retry, never correctness.
    Raises StoreUnavailable (OutcomeUnknown when it may have been written) for the whole group.
    """
    await _register(purchases, using)
    outcomes: dict[str, Outcome] = {}
    async with using.lanes.hold(_accounts(purchases)):
        waiting = list(purchases)
        attempt = 0
        while waiting:
            transactions = await _decide(waiting, heads, using)
            if not transactions:
                attempt = await _again(attempt, using)
                continue
            audit = done(RECORD, about_purchases(waiting[: len(transactions)]), caller=using.caller(), at=using.now())
            answer = await using.transactions.append(transactions, audit=audit, token=using.new_token())
            if isinstance(answer, Appended):
                using.on_recorded()
                _note_appended(transactions, heads, outcomes)
                waiting = waiting[len(transactions) :]
                continue
            _forget(waiting, heads)
            waiting = _settle(transactions, answer, outcomes) + waiting[len(transactions) :]
            if answer.stale:
                attempt = await _again(attempt, using)
    return [outcomes[purchase.transaction_id] for purchase in purchases]


async def _again(attempt: int, using: Recording) -> int:
    """Waits, and counts up. Raises StoreUnavailable after the last attempt."""
    attempt += 1
    WRITE_RETRIES.inc()
    if attempt >= using.backoff.attempts:
        raise StoreUnavailable("the account is being written to by too many at once")
    await using.backoff.wait(attempt)
    return attempt


async def _register(purchases: Iterable[Purchase], using: Recording) -> None:
    seen = [(purchase.transaction_date.isoformat()[:7], purchase.category) for purchase in purchases]
    for month, category in sorted(set(seen)) if len(seen) > 1 else seen:
        await using.categories.register(month, category)


def _accounts(purchases: Iterable[Purchase]) -> set[Account]:
    return {Account(one.user_id, one.kickback_type) for one in purchases if one.kickback_amount}


async def _decide(purchases: Sequence[Purchase], heads: Heads, using: Recording) -> list[NewTransaction]:
    """As many of the first as one write takes. None: what had expired was booked ahead of the first; decide again."""
    accounts = _accounts(purchases)
    await _read_heads([account for account in accounts if account not in heads], heads, using)
    newest = {account: heads[account] for account in accounts}
    decided: list[NewTransaction] = []
    room = MAX_ACTIONS
    for purchase in purchases:
        transaction = _decide_one(purchase, newest, using)
        if transaction.actions > MAX_ACTIONS:
            # More days have expired since the account's last entry than one transaction takes. What stands behind an
            # earlier one of this group waits until that is written: it may never be.
            account = Account(purchase.user_id, purchase.kickback_type)
            if newest[account] is heads[account]:
                heads[account] = await settle(
                    transaction.entries, ledger=using.ledger, new_token=using.new_token, row_of=using.row_of_expiry
                )
            break
        room -= transaction.actions
        if room < 0:
            break
        if transaction.entry is not None:
            newest[transaction.entry.account] = transaction.entry
        decided.append(transaction)
    return decided


async def _read_heads(accounts: Sequence[Account], heads: Heads, using: Recording) -> None:
    if len(accounts) == 1:  # as always with one purchase: a task for it would cost more than the rest
        await _read_head(accounts[0], heads, using)
    elif accounts:
        await asyncio.gather(*[_read_head(account, heads, using) for account in accounts])


async def _read_head(account: Account, heads: Heads, using: Recording) -> None:
    async with using.reads:
        heads[account] = await using.ledger.tip(account)


def _decide_one(purchase: Purchase, newest: Heads, using: Recording) -> NewTransaction:
    """What the purchase writes behind the newest entries."""
    earning = earning_of(purchase, using.rules, recorded_at=using.now())
    entries: list[LedgerEntry] = []
    earned = None
    if earning is not None:
        entries = decide_earn(newest[earning.account], earning)
        entry = entry_of_earning(entries, earning.cause)
        earned = Earned(earning.account.kind, entry.version, entry.balance, earning.expires_on)
    guard = Guard(
        transaction_id=purchase.transaction_id,
        user_id=purchase.user_id,
        transaction_date=purchase.transaction_date,
        fingerprint=fingerprint(purchase),
        created_at=purchase.created_at,
        earned=earned,
    )
    return NewTransaction(guard, purchase, tuple(entries))


def _note_appended(transactions: Iterable[NewTransaction], heads: Heads, outcomes: dict[str, Outcome]) -> None:
    for written in transactions:
        outcomes[written.guard.transaction_id] = Created(written.purchase, written.guard.earned)
        if written.entry is not None:
            heads[written.entry.account] = written.entry


def _settle(transactions: Iterable[NewTransaction], refused: Refused, outcomes: dict[str, Outcome]) -> list[Purchase]:
    """Notes what the guards that are there already say, and returns the purchases that still wait."""
    waiting = []
    for transaction in transactions:
        transaction_id = transaction.guard.transaction_id
        there = refused.guards.get(transaction_id)
        if there is None:
            waiting.append(transaction.purchase)
        elif there.fingerprint == transaction.guard.fingerprint:
            outcomes[transaction_id] = Existing(there)
        else:
            outcomes[transaction_id] = Conflict(transaction_id)
    return waiting


def _forget(purchases: Iterable[Purchase], heads: Heads) -> None:
    for account in _accounts(purchases):
        heads.pop(account, None)
