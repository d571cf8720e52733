"""The Transactions port on DynamoDB: guard, purchase and ledger entry put in one transaction, each only if new."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from app.domain.purchases import Purchase
from app.ports.audit import AuditRow
from app.ports.errors import StoreRefused
from app.ports.transactions import Appended, Guard, NewTransaction, Refused
from app.store import keys
from app.store.audit_codec import audit_item
from app.store.cancellations import taken_items
from app.store.database import Cancelled, Database, Put
from app.store.ledger_codec import GuardRow, guard_item, guard_of, ledger_item
from app.store.purchase_codec import PurchaseRow, purchase_item, purchase_of
from app.store.sharding import ShardCounts
from app.store.wire import GetAnswer, Item, key, text

_GUARD = msgspec.json.Decoder(GetAnswer[GuardRow])
_PURCHASE = msgspec.json.Decoder(GetAnswer[PurchaseRow])


@dataclass(frozen=True, slots=True)
class DynamoTransactions:
    """See the port. Shard counts are those that new items are spread over."""

    database: Database
    category_shards: ShardCounts
    card_shards: ShardCounts
    due_shards: int
    audit_shards: int = 16

    async def append(
        self, transactions: Sequence[NewTransaction], *, audit: AuditRow, token: str
    ) -> Appended | Refused:
        """One TransactWriteItems; what was already there comes back with the refusal, not by a second read."""
        if not transactions:
            raise StoreRefused("a write has 1 to 99 items beside its row of the audit trail")
        items = [item for transaction in transactions for item in self._items(transaction)]
        items.append(audit_item(audit, shards=self.audit_shards))
        try:
            await self.database.put_together([Put(item) for item in items], token=token)
        except Cancelled as cancelled:
            return _refusal(cancelled.reasons)
        return Appended()

    async def guard(self, transaction_id: str) -> Guard | None:
        """One GetItem."""
        answer = await self.database.get_item(_GUARD, Key=key(keys.guard_pk(transaction_id), keys.GUARD_SK))
        return guard_of(answer.Item) if answer.Item else None

    async def purchase(self, guard: Guard) -> Purchase | None:
        """One GetItem."""
        sort_key = keys.transaction_sk(guard.transaction_date, guard.transaction_id)
        answer = await self.database.get_item(_PURCHASE, Key=key(keys.user_pk(guard.user_id), sort_key))
        return purchase_of(answer.Item) if answer.Item else None

    def _items(self, transaction: NewTransaction) -> list[Item]:
        purchase = transaction.purchase
        items = [
            guard_item(transaction.guard),
            purchase_item(
                purchase,
                category_shards=self.category_shards.of_key(purchase.category),
                card_shards=self.card_shards.of_key(purchase.card_id),
            ),
        ]
        return items + [ledger_item(entry, due_shards=self.due_shards) for entry in transaction.entries]


def _refusal(reasons: Sequence[Mapping[str, Any]]) -> Refused:
    """What stood in the way. Raises what check_reasons raises."""
    there = taken_items(reasons)
    guards = [guard_of(msgspec.convert(item, GuardRow)) for item in there if item.get("SK") == text(keys.GUARD_SK)]
    return Refused({guard.transaction_id: guard for guard in guards}, stale=not guards)
