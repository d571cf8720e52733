"""The Transactions port in memory."""

from collections.abc import Sequence
from datetime import date

from app.domain.purchases import Purchase
from app.ports.audit import AuditRow
from app.ports.errors import OutcomeUnknown, StoreRefused, StoreUnavailable
from app.ports.transactions import MAX_ACTIONS, Appended, Guard, NewTransaction, Refused
from tests.fakes.facts import FakeFacts, Fault


class FakeTransactions:
    """See the port."""

    def __init__(self, facts: FakeFacts) -> None:
        self._facts = facts

    async def append(
        self, transactions: Sequence[NewTransaction], *, audit: AuditRow, token: str
    ) -> Appended | Refused:
        _check(transactions)
        await self._facts.called("append")
        fault = self._facts.faults.popleft() if self._facts.faults else None
        match fault:
            case Fault.STALE:
                return Refused({}, stale=True)
            case Fault.UNAVAILABLE:
                raise StoreUnavailable("injected: too much load")
            case Fault.LOST_REQUEST:
                raise OutcomeUnknown("injected: the request was lost")
            case Fault.LOST_RESPONSE:
                self._put_together(transactions, audit, token)
                raise OutcomeUnknown("injected: the response was lost")
        return self._put_together(transactions, audit, token)

    async def guard(self, transaction_id: str) -> Guard | None:
        await self._facts.called("guard")
        return self._facts.guards.get(transaction_id)

    async def purchase(self, guard: Guard) -> Purchase | None:
        await self._facts.called("purchase")
        return self._facts.purchases.get((guard.user_id, guard.transaction_date, guard.transaction_id))

    def _put_together(self, transactions: Sequence[NewTransaction], audit: AuditRow, token: str) -> Appended | Refused:
        """All or nothing, without letting another task in between."""
        facts = self._facts
        if token in facts.tokens:
            if facts.tokens[token] != (*transactions, audit):
                raise StoreRefused("a token stands for one request")
            return Appended()
        ids = [one.guard.transaction_id for one in transactions]
        guards = {one: facts.guards[one] for one in ids if one in facts.guards}
        entries = {(one.account, one.version): one for transaction in transactions for one in transaction.entries}
        if guards or facts.entries.keys() & entries.keys():
            # Where guards answer, the caller settles those and decides the rest again anyway.
            return Refused(guards, stale=not guards)
        facts.guards.update({one.guard.transaction_id: one.guard for one in transactions})
        facts.purchases.update({_purchase_key(one.purchase): one.purchase for one in transactions})
        facts.entries.update(entries)
        facts.keep(audit)
        facts.tokens[token] = (*transactions, audit)
        return Appended()


def _purchase_key(purchase: Purchase) -> tuple[str, date, str]:
    return (purchase.user_id, purchase.transaction_date, purchase.transaction_id)


def _check(transactions: Sequence[NewTransaction]) -> None:
    """What the real store refuses before it looks at anything."""
    entries = [(one.account, one.version) for transaction in transactions for one in transaction.entries]
    if not transactions or sum(one.actions for one in transactions) > MAX_ACTIONS:
        raise StoreRefused("a write has 1 to 100 actions")
    if len({one.guard.transaction_id for one in transactions}) != len(transactions):
        raise StoreRefused("a write names a transaction id once")
    if len(set(entries)) != len(entries):
        raise StoreRefused("a write names a ledger version once")
