"""Every kind of damage, each done to a user of its own, so that one check of one table can find them all."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import msgspec

from app.domain.kickbacks import KickbackType
from app.domain.ledger import entry_hash
from app.domain.purchases import Purchase
from app.maintenance.verifying.differences import Kind
from app.store.ledger_codec import LedgerRow, entry_of, ledger_item
from app.store.purchase_codec import purchase_item
from tests.maintenance.tables import Tables
from tests.purchases import purchase

VIEWS = {Kind.VIEW_MISSING, Kind.VIEW_SURPLUS, Kind.VIEW_WRONG}
FIRST, SECOND = (f"LEDGER#POINT#{version:010d}" for version in (1, 2))
DAY = date(2023, 5, 1)


@dataclass(frozen=True, slots=True)
class Victim:
    """A user with three purchases, and everything in them of this user alone."""

    number: int
    tables: Tables

    @property
    def pk(self) -> str:
        return f"USER#u{self.number}x"

    @property
    def purchase_sk(self) -> str:
        return f"TRANSACTION#{DAY}#{self.id()}"

    @property
    def reversal_sk(self) -> str:
        """Some of the last purchase was taken back."""
        return f"TRANSACTION#{DAY + timedelta(days=2)}#{self.id(2)}#back"

    @property
    def board(self) -> str:
        return f"#RANK#CAT{self.number}X#2023-05#card"

    def id(self, number: int = 0) -> str:
        return f"t{self.number}x{number}"

    def purchases(self) -> list[Purchase]:
        """The last one earns nothing."""
        return [
            purchase(
                transaction_id=self.id(number),
                user_id=f"u{self.number}x",
                card_id=f"card{self.number}x",
                card_name=f"カード{number}",
                merchant_name=f"shop{self.number}x",
                category=f"CAT{self.number}X",
                kickback_amount=0 if number == 2 else 10 + number,
                kickback_type=KickbackType.POINT,
                transaction_date=DAY + timedelta(days=number),
            )
            for number in range(3)
        ]

    def is_in(self, key: str) -> bool:
        """Whether a difference is about this user."""
        return re.search(rf"(?<![0-9]){self.number}x", key, re.IGNORECASE) is not None

    async def set(self, sk: str, **values: Any) -> None:
        await self.tables.put_fact({**await self.tables.fact(sk, self.pk), **values})

    async def drop(self, sk: str) -> None:
        await self.tables.drop_fact(sk, self.pk)

    async def forget(self, sk: str, *names: str) -> None:
        """Without these attributes."""
        item = await self.tables.fact(sk, self.pk)
        await self.tables.put_fact({name: value for name, value in item.items() if name not in names})

    async def set_step(self, **values: Any) -> None:
        """The sum of the last purchase's reversals."""
        sk, pk = "TALLY#REVERSAL#0000000001", f"TXN#{self.id(2)}"
        await self.tables.put_fact({**await self.tables.fact(sk, pk), **values})

    async def set_posting(self) -> None:
        """One number in the first entry's first posting."""
        item = await self.tables.fact(FIRST, self.pk)
        (first, *rest) = item["postings"]["L"]
        account, debit, credit = first["L"]
        changed = {"L": [account, {"N": str(int(debit["N"]) + 1)}, credit]}
        await self.tables.put_fact({**item, "postings": {"L": [changed, *rest]}})

    async def forge(self) -> None:
        """Somebody who knows how hashes are made changes an entry and makes its hash anew."""
        entry = entry_of(msgspec.convert(await self.tables.fact(FIRST, self.pk), LedgerRow))
        (lot,) = entry.lots
        forged = replace(entry, lots=(lot._replace(remaining=lot.remaining + 1),), balance=entry.balance + 1)
        await self.tables.put_fact(ledger_item(replace(forged, hash=entry_hash(forged)), due_shards=16))

    async def swap(self) -> None:
        first, second = [await self.tables.fact(sk, self.pk) for sk in (FIRST, SECOND)]
        keys = ("PK", "SK", "version")
        for one, other in ((first, second), (second, first)):
            await self.tables.put_fact({**other, **{name: one[name] for name in keys}})

    async def earn_twice(self) -> None:
        item = await self.tables.fact(SECOND, self.pk)
        await self.tables.put_fact({**item, "cause": {"S": f"TRANSACTION#{self.id()}"}})

    async def record_twice(self) -> None:
        other = replace(self.purchases()[0], transaction_date=DAY + timedelta(days=9))
        await self.tables.put_fact(purchase_item(other, category_shards=16, card_shards=4))


Plant = Callable[[Victim], Awaitable[None]]


def _guard(**values: Any) -> Plant:
    return lambda victim: victim.tables.set_guard(victim.id(), **values)


def _view(**values: Any) -> Plant:
    return lambda victim: victim.tables.set_view(victim.board, **values)


DAMAGES: dict[str, tuple[set[Kind], Plant]] = {
    "nothing": (set(), lambda v: v.set(FIRST)),
    "view number": ({Kind.VIEW_WRONG}, _view(transactionTotal={"N": "1"})),
    "view row missing": ({Kind.VIEW_MISSING}, lambda v: v.tables.drop_view(v.board)),
    "view row surplus": ({Kind.VIEW_SURPLUS}, _view(SK={"S": "nobody"})),
    "view name": ({Kind.VIEW_WRONG}, _view(name={"S": "x"})),
    "view users": ({Kind.VIEW_WRONG}, _view(users={"B": "AAAA"})),
    "view rank": ({Kind.VIEW_WRONG}, _view(scoreSK={"S": "0#card0"})),
    "view board": ({Kind.VIEW_WRONG}, _view(scorePK={"S": "elsewhere"})),
    "view part": ({Kind.VIEW_WRONG}, lambda v: v.tables.change_part(v.pk)),
    "entry amount": (
        {
            Kind.ENTRY_HASH,
            Kind.ENTRY_BALANCE,
            Kind.ENTRY_ALLOCATIONS,
            Kind.ENTRY_POSTINGS,
            Kind.ENTRY_STEP,
            Kind.EARNING_WRONG,
        },
        lambda v: v.set(FIRST, amount={"N": "11"}),
    ),
    "entry deleted": ({Kind.ENTRY_MISSING, Kind.EARNING_MISSING, Kind.GUARD_WRONG}, lambda v: v.drop(FIRST)),
    "entries swapped": (
        {
            Kind.ENTRY_HASH,
            Kind.ENTRY_CHAIN,
            Kind.ENTRY_BALANCE,
            Kind.ENTRY_STEP,
            Kind.ENTRY_TIMES,
            Kind.ENTRY_DUE,
            Kind.GUARD_WRONG,
            Kind.UNREADABLE,
        },
        lambda v: v.swap(),
    ),
    "entry lot": (
        {Kind.ENTRY_HASH, Kind.ENTRY_LOTS, Kind.ENTRY_STEP},
        lambda v: v.set(FIRST, lots={"S": "PURCHASE@2023-10-28:11"}),
    ),
    "entry allocation": (
        {Kind.ENTRY_HASH, Kind.ENTRY_ALLOCATIONS, Kind.ENTRY_STEP},
        lambda v: v.set(FIRST, allocations={"S": "PURCHASE@2023-10-28:9"}),
    ),
    "entry posting": ({Kind.ENTRY_HASH, Kind.ENTRY_POSTINGS}, lambda v: v.set_posting()),
    "entry hash": ({Kind.ENTRY_HASH, Kind.ENTRY_CHAIN}, lambda v: v.set(FIRST, hash={"S": "0" * 64})),
    "entry forged": (
        {Kind.ENTRY_CHAIN, Kind.ENTRY_BALANCE, Kind.ENTRY_LOTS, Kind.ENTRY_STEP, Kind.GUARD_WRONG},
        lambda v: v.forge(),
    ),
    "entry account": (
        {Kind.UNREADABLE, Kind.ENTRY_MISSING, Kind.EARNING_MISSING, Kind.GUARD_WRONG},
        lambda v: v.set(FIRST, ledgerType={"S": "MILE"}),
    ),
    "entry times": (
        {Kind.ENTRY_HASH, Kind.ENTRY_TIMES},
        lambda v: v.set(SECOND, postedAt={"S": "2023-05-09T00:00:00.000000Z"}),
    ),
    "entry due": (
        {Kind.ENTRY_HASH, Kind.ENTRY_DUE, Kind.UNREADABLE},
        lambda v: v.set(SECOND, dueOn={"S": "2099-01-01"}),
    ),
    "entry in the index by time": (
        {Kind.UNREADABLE},
        lambda v: v.set(SECOND, ledgerSK={"S": "2099-01-01T00:00:00.000000Z#0000000002"}),
    ),
    "entry in the index of what is due": (
        {Kind.UNREADABLE},
        lambda v: v.set(SECOND, dueSK={"S": "2099-01-01#somebody#POINT#0000000002"}),
    ),
    "entry expiry": (
        {
            Kind.ENTRY_HASH,
            Kind.ENTRY_DUE,
            Kind.ENTRY_EXPIRY,
            Kind.ENTRY_POSTINGS,
            Kind.ENTRY_STEP,
            Kind.EARNING_MISSING,
            Kind.GUARD_WRONG,
        },
        lambda v: v.set(SECOND, kind={"S": "EXPIRE"}, cause={"S": "EXPIRY#2023-10-28"}),
    ),
    "entry of no command": (
        {Kind.ENTRY_HASH, Kind.RECEIPT_MISSING, Kind.EARNING_MISSING, Kind.GUARD_WRONG},
        lambda v: v.set(SECOND, cause={"S": "REDEMPTION#r1"}),
    ),
    "entry cause": (
        {Kind.ENTRY_HASH, Kind.EARNING_TWICE, Kind.EARNING_MISSING, Kind.GUARD_WRONG},
        lambda v: v.earn_twice(),
    ),
    "guard deleted": ({Kind.GUARD_MISSING}, lambda v: v.tables.drop_fact("TXN", f"TXN#{v.id()}")),
    "guard fingerprint": ({Kind.GUARD_WRONG}, _guard(fingerprint={"S": "0" * 64})),
    "guard user": ({Kind.GUARD_WRONG}, _guard(userId={"S": "somebody"})),
    "guard date": ({Kind.GUARD_WRONG}, _guard(transactionDate={"S": "2023-05-09"})),
    "guard balance": ({Kind.GUARD_WRONG}, _guard(ledgerBalance={"N": "99"})),
    "purchase deleted": ({Kind.PURCHASE_MISSING}, lambda v: v.drop(v.purchase_sk)),
    "purchase twice": ({Kind.PURCHASE_TWICE}, lambda v: v.record_twice()),
    "purchase amount": ({Kind.GUARD_WRONG}, lambda v: v.set(v.purchase_sk, transactionAmount={"N": "5001"})),
    "purchase kickback": (
        {Kind.EARNING_WRONG, Kind.GUARD_WRONG},
        lambda v: v.set(v.purchase_sk, kickbackAmount={"N": "11"}),
    ),
    "purchase unreadable": (
        {Kind.UNREADABLE, Kind.PURCHASE_MISSING},
        lambda v: v.set(v.purchase_sk, kickbackType={"S": "SHELLS"}),
    ),
    "purchase elsewhere": (
        {Kind.UNREADABLE, Kind.PURCHASE_MISSING},
        lambda v: v.set(v.purchase_sk, userId={"S": "somebody"}),
    ),
    "reversal deleted": ({Kind.REVERSAL_MISSING}, lambda v: v.drop(v.reversal_sk)),
    "reversal amount": ({Kind.REVERSAL_WRONG}, lambda v: v.set(v.reversal_sk, transactionAmount={"N": "-1"})),
    "reversal counts": ({Kind.REVERSAL_WRONG}, lambda v: v.set(v.reversal_sk, countChange={"N": "-1"})),
    "reversal card": ({Kind.REVERSAL_WRONG}, lambda v: v.set(v.reversal_sk, cardName={"S": "x"})),
    "reversal as a purchase": (
        {Kind.UNREADABLE, Kind.REVERSAL_MISSING},
        lambda v: v.forget(v.reversal_sk, "reversalId", "countChange"),
    ),
    "reversal receipt deleted": (
        {Kind.REVERSAL_SURPLUS, Kind.REVERSAL_SUM},
        lambda v: v.tables.drop_fact("REVERSAL#back", f"TXN#{v.id(2)}"),
    ),
    "reversal sum": ({Kind.REVERSAL_SUM}, lambda v: v.set_step(amount={"N": "999"})),
    "unknown item": ({Kind.UNREADABLE}, lambda v: v.set(FIRST, SK={"S": "NOTHING#KNOWN"})),
}
