"""The Ledger port on DynamoDB: a user's partition read backwards, and commands put in one transaction, each item only
if it is new."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, LedgerEntry, Tip
from app.ports.audit import AuditRow
from app.ports.errors import StoreRefused
from app.ports.ledger import CommandId, Happened, NewCommand, NotAppended, Receipt, Tally, TallyId
from app.ports.transactions import MAX_ACTIONS, Appended
from app.store import keys
from app.store.audit_codec import audit_item
from app.store.cancellations import taken_items
from app.store.database import Cancelled, Database, Put
from app.store.ledger_codec import LedgerRow, TipRow, entry_of, ledger_item, tip_of
from app.store.receipt_codec import ReceiptRow, TallyRow, is_receipt, receipt_item, receipt_of, tally_item, tally_of
from app.store.shard_merge import gather_all
from app.store.wire import GetAnswer, Item, Number, QueryAnswer, Text, key, text


class _HappenedRow(msgspec.Struct):
    effectiveAt: Text
    postedAt: Text
    version: Number


_ENTRIES = msgspec.json.Decoder(QueryAnswer[LedgerRow])
_ENTRY = msgspec.json.Decoder(GetAnswer[LedgerRow])
_TIPS = msgspec.json.Decoder(QueryAnswer[TipRow])
_HAPPENED = msgspec.json.Decoder(QueryAnswer[_HappenedRow])
_RECEIPT = msgspec.json.Decoder(GetAnswer[ReceiptRow])
_TALLY = msgspec.json.Decoder(QueryAnswer[TallyRow])
Encoder = Callable[[Any], Item]


@dataclass(frozen=True, slots=True)
class DynamoLedger:
    """See the port. `encoders` say how facts of further kinds are kept, by their class."""

    database: Database
    due_shards: int
    encoders: Mapping[type, Encoder] = field(default_factory=dict)
    audit_shards: int = 16

    async def head(self, account: Account) -> LedgerEntry | None:
        """One strongly consistent Query, newest first, of one item."""
        newest = await self.newest_first(account, limit=1)
        return newest[0] if newest else None

    async def tip(self, account: Account) -> Tip | None:
        """The same Query; only a part of its answer is looked at."""
        last = keys.ledger_sk(account.kind, keys.LAST_VERSION)
        request = _between(account, keys.ledger_sk(account.kind, 0), last, forward=False)
        answer = await self.database.query(_TIPS, **request, Limit=1)
        return tip_of(answer.Items[0], account) if answer.Items else None

    async def heads(self, user_id: str) -> Mapping[KickbackType, LedgerEntry]:
        """One Query for each type, at once."""
        found: dict[KickbackType, LedgerEntry] = {}

        async def read(kind: KickbackType) -> None:
            head = await self.head(Account(user_id, kind))
            if head is not None:
                found[kind] = head

        await gather_all([read(kind) for kind in KickbackType])
        return {kind: found[kind] for kind in KickbackType if kind in found}

    async def entry(self, account: Account, version: int) -> LedgerEntry | None:
        """One GetItem."""
        place = key(keys.user_pk(account.user_id), keys.ledger_sk(account.kind, version))
        answer = await self.database.get_item(_ENTRY, Key=place)
        return entry_of(answer.Item) if answer.Item else None

    async def newest_first(self, account: Account, *, limit: int, before: int | None = None) -> Sequence[LedgerEntry]:
        """Queries backwards."""
        last = keys.ledger_sk(account.kind, before - 1 if before is not None else keys.LAST_VERSION)
        return await self._entries(account, keys.ledger_sk(account.kind, 0), last, limit, forward=False)

    async def oldest_first(self, account: Account, *, limit: int, since: int) -> Sequence[LedgerEntry]:
        """Queries forwards."""
        last = keys.ledger_sk(account.kind, keys.LAST_VERSION)
        return await self._entries(account, keys.ledger_sk(account.kind, since), last, limit, forward=True)

    async def happened(self, account: Account, *, until: str, since: str = "", limit: int = 1000) -> Sequence[Happened]:
        """Queries on LedgerIndex."""
        rows: list[_HappenedRow] = []
        request: dict[str, Any] = {
            "IndexName": keys.LEDGER_INDEX,
            "KeyConditionExpression": "ledgerPK = :pk AND ledgerSK BETWEEN :first AND :last",
            "ExpressionAttributeValues": {
                ":pk": text(keys.ledger_index_pk(account.user_id, account.kind)),
                ":first": text(keys.ledger_index_sk(since, 0)),
                ":last": text(keys.ledger_index_sk(until, keys.LAST_VERSION)),
            },
            "ScanIndexForward": False,
        }
        while len(rows) < limit:
            answer = await self.database.query(_HAPPENED, **request, Limit=limit - len(rows))
            rows += answer.Items
            if answer.LastEvaluatedKey is None:
                break
            request["ExclusiveStartKey"] = answer.LastEvaluatedKey
        return [Happened(row.effectiveAt.S, row.postedAt.S, int(row.version.N)) for row in rows]

    async def receipt(self, command: CommandId) -> Receipt | None:
        """One GetItem."""
        place = key(keys.command_pk(command.kind, command.owner), keys.receipt_sk(command))
        answer = await self.database.get_item(_RECEIPT, Key=place)
        return receipt_of(answer.Item) if answer.Item else None

    async def tally(self, tally: TallyId) -> Tally | None:
        """One Query of one item."""
        answer = await self.database.query(
            _TALLY,
            KeyConditionExpression="PK = :pk AND begins_with(SK, :prefix)",
            ExpressionAttributeValues={
                ":pk": text(keys.command_pk(tally.kind, tally.owner)),
                ":prefix": text(keys.tally_prefix(tally)),
            },
            ScanIndexForward=False,
            Limit=1,
            ConsistentRead=True,
        )
        return tally_of(answer.Items[0]) if answer.Items else None

    async def append(self, command: NewCommand, *, audit: AuditRow, token: str) -> Appended | NotAppended:
        """One TransactWriteItems; the receipt that was there comes back with the refusal, not by a second read."""
        if not 1 <= command.actions <= MAX_ACTIONS:
            raise StoreRefused("a write has 1 to 99 items beside its row of the audit trail")
        try:
            items = [*self._items(command), audit_item(audit, shards=self.audit_shards)]
            await self.database.put_together([Put(item) for item in items], token=token)
        except Cancelled as cancelled:
            there = taken_items(cancelled.reasons)
            receipts = [receipt_of(msgspec.convert(item, ReceiptRow)) for item in there if is_receipt(item)]
            return NotAppended(receipts[0] if receipts else None)
        return Appended()

    def _items(self, command: NewCommand) -> list[Item]:
        items = [receipt_item(command.receipt)] if command.receipt is not None else []
        items += [ledger_item(entry, due_shards=self.due_shards) for entry in command.entries]
        items += [tally_item(tally) for tally in command.tallies]
        for fact in command.further:
            encode = self.encoders.get(type(fact))
            if encode is None:
                raise StoreRefused(f"no item is known for a {type(fact).__name__}")
            items.append(encode(fact))
        return items

    async def _entries(
        self, account: Account, first: str, last: str, limit: int, *, forward: bool
    ) -> list[LedgerEntry]:
        entries: list[LedgerEntry] = []
        request = _between(account, first, last, forward=forward)
        while len(entries) < limit:
            answer = await self.database.query(_ENTRIES, **request, Limit=limit - len(entries))
            entries += [entry_of(row) for row in answer.Items]
            if answer.LastEvaluatedKey is None:
                break
            request["ExclusiveStartKey"] = answer.LastEvaluatedKey
        return entries


def _between(account: Account, first: str, last: str, *, forward: bool) -> dict[str, Any]:
    """A strongly consistent Query of an account's entries."""
    return {
        "KeyConditionExpression": "PK = :pk AND SK BETWEEN :first AND :last",
        "ExpressionAttributeValues": {
            ":pk": {"S": keys.user_pk(account.user_id)},
            ":first": {"S": first},
            ":last": {"S": last},
        },
        "ScanIndexForward": forward,
        "ConsistentRead": True,
    }
