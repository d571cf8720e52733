"""A purchase: the newest entry, then guard, purchase, ledger entry and row of the audit trail in one transaction.

The items are templates with the fields of the request in them, byte for byte, and have the size of the service's. The
entry adds its amount to the account's last lot, is chained by no hash and due on no day; the guard has no fingerprint,
the row no hash.
"""

from datetime import UTC, date, datetime
from typing import Any

import msgspec

from app.domain.kickbacks import KickbackType
from app.store.sharding import shard_of
from bench.rivals.bare.accounts import Head, head_of
from bench.rivals.bare.calls import Calls
from bench.rivals.basics import Basics

_NOTHING = b"0" * 64
# Accounts of the journal, in the kickback's unit: cost and liability.
_POSTED = {b"POINT": (b"5110", b"2110"), b"MILE": (b"5120", b"2120"), b"CASHBACK": (b"5130", b"2130")}
_PUT = b'{"Put":{"TableName":"%b","ConditionExpression":"attribute_not_exists(PK)","Item":{%b}}}'
_GUARD = (
    b'"PK":{"S":"TXN#%(id)b"},"SK":{"S":"TXN"},"transactionId":{"S":"%(id)b"},"userId":{"S":"%(user)b"},'
    b'"transactionDate":{"S":"%(day)b"},"fingerprint":{"S":"%(nothing)b"},"createdAt":{"S":"%(now)b"},'
    b'"ledgerType":{"S":"%(kind)b"},"ledgerVersion":{"N":"%(version)d"},"ledgerBalance":{"N":"%(balance)d"}%(expiry)b'
)
_PURCHASE = (
    b'"PK":{"S":"USER#%(user)b"},"SK":{"S":"TRANSACTION#%(day)b#%(id)b"},'
    b'"GSI1PK":{"S":"CATEGORY#%(category)b#shard%(category_shard)02d"},"GSI1SK":{"S":"%(day)b"},'
    b'"GSI2PK":{"S":"CARD#%(card)b#shard%(card_shard)02d"},"GSI2SK":{"S":"%(day)b"},'
    b'"userId":{"S":"%(user)b"},"transactionId":{"S":"%(id)b"},"transactionDate":{"S":"%(day)b"},'
    b'"cardId":{"S":"%(card)b"},"merchantName":{"S":%(merchant)b},"category":{"S":"%(category)b"},'
    b'"transactionAmount":{"N":"%(spent)b"},"kickbackAmount":{"N":"%(amount)d"},"kickbackType":{"S":"%(kind)b"},'
    b'"kickbackRate":{"N":"%(rate)b"},"createdAt":{"S":"%(now)b"}'
)
_ENTRY = (
    b'"PK":{"S":"USER#%(user)b"},"SK":{"S":"LEDGER#%(kind)b#%(version)010d"},'
    b'"ledgerPK":{"S":"LEDGER#%(user)b#%(kind)b"},"ledgerSK":{"S":"%(now)b#%(version)010d"},'
    b'"userId":{"S":"%(user)b"},"ledgerType":{"S":"%(kind)b"},"version":{"N":"%(version)d"},"kind":{"S":"EARN"},'
    b'"amount":{"N":"%(amount)d"},"balance":{"N":"%(balance)d"},"lots":{"S":"%(lots)b"},'
    b'"allocations":{"S":"PURCHASE@NEVER:%(amount)d"},'
    b'"postings":{"L":[{"L":[{"S":"%(debit)b"},{"N":"%(amount)d"},{"N":"0"}]},'
    b'{"L":[{"S":"%(credit)b"},{"N":"0"},{"N":"%(amount)d"}]}]},'
    b'"cause":{"S":"TRANSACTION#%(id)b"},"rule":{"S":"180 days"},"effectiveAt":{"S":"%(now)b"},'
    b'"postedAt":{"S":"%(now)b"},"recordedAt":{"S":"%(now)b"},"previousHash":{"S":"%(hash)b"},"hash":{"S":"%(nothing)b"}'
)
_ROW = (
    b'"PK":{"S":"AUDIT#%(hour)b#shard%(category_shard)02d"},"SK":{"S":"%(now)b#%(id)b#0000000000000000"},'
    b'"at":{"S":"%(now)b"},"actor":{"S":"open"},"action":{"S":"purchase.record"},'
    b'"about":{"L":[{"S":"transaction:%(id)b"},{"S":"user:%(user)b"}]},"requestId":{"S":"%(id)b"},'
    b'"outcome":{"S":"DONE"},"hash":{"S":"%(nothing)b"}'
)
_SHOWN = (
    b'{"transactionId":"%(id)b","userId":"%(user)b","transactionDate":"%(day)b","cardId":"%(card)b",'
    b'"merchantName":%(merchant)b,"category":"%(category)b","transactionAmount":%(spent)b,"kickbackAmount":%(amount)d,'
    b'"kickbackType":"%(kind)b","kickbackRate":%(rate)b%(optional)b,"createdAt":"%(now)b",'
    b'"ledger":{"type":"%(kind)b","version":%(version)d,"balance":%(balance)d,"expiresOn":%(expires)b}}'
)


_NOT_GIVEN = msgspec.Raw()


class _Body(msgspec.Struct):
    transactionId: msgspec.Raw
    userId: msgspec.Raw
    transactionDate: msgspec.Raw
    cardId: msgspec.Raw
    merchantName: msgspec.Raw
    category: msgspec.Raw
    transactionAmount: msgspec.Raw
    kickbackAmount: int
    kickbackType: msgspec.Raw
    kickbackRate: msgspec.Raw
    cardName: msgspec.Raw = _NOT_GIVEN
    description: msgspec.Raw = _NOT_GIVEN
    channel: msgspec.Raw = _NOT_GIVEN
    occurredAt: msgspec.Raw = _NOT_GIVEN


_decode = msgspec.json.Decoder(_Body).decode
_OPTIONAL = ("cardName", "description", "channel", "occurredAt")


async def transaction(content: bytes, calls: Calls, known: Basics) -> bytes:
    """POST /transactions"""
    body = _decode(content)
    user, kind = _bare(body.userId), _bare(body.kickbackType)
    head = await head_of(user, kind, calls, known)
    fields = _fields(body, user, kind, head, known)
    given = [(name.encode(), value) for name in _OPTIONAL if (value := bytes(getattr(body, name)))]
    purchase = _PURCHASE % fields + b"".join(b',"%b":{"S":%b}' % pair for pair in given)
    fields[b"optional"] = b"".join(b',"%b":%b' % pair for pair in given)
    table = known.facts.encode()
    puts = [_PUT % (table, item) for item in (_GUARD % fields, purchase, _ENTRY % fields, _ROW % fields)]
    await calls.transact(b'{"TransactItems":[%b]}' % b",".join(puts))
    return _SHOWN % fields


def _fields(body: _Body, user: bytes, kind: bytes, head: Head | None, known: Basics) -> dict[bytes, Any]:
    transaction_id, amount = _bare(body.transactionId), body.kickbackAmount
    debit, credit = _POSTED[kind]
    day = _bare(body.transactionDate)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").encode()
    last_day = known.rules.validity[KickbackType(kind.decode())].last_day(date.fromisoformat(day.decode()))
    expires = b'"%b"' % last_day.isoformat().encode() if last_day else b"null"
    return {
        b"id": transaction_id,
        b"user": user,
        b"kind": kind,
        b"day": day,
        b"card": _bare(body.cardId),
        b"merchant": bytes(body.merchantName),
        b"category": _bare(body.category),
        b"spent": bytes(body.transactionAmount),
        b"amount": amount,
        b"rate": bytes(body.kickbackRate).strip(b'"'),
        b"now": now,
        b"hour": now[:13],
        b"category_shard": shard_of(transaction_id.decode(), known.category_shards),
        b"card_shard": shard_of(transaction_id.decode(), known.card_shards),
        b"version": int(head.version.N) + 1 if head else 1,
        b"balance": int(head.balance.N) + amount if head else amount,
        b"expires": expires,
        b"expiry": b',"ledgerExpiresOn":{"S":%b}' % expires if last_day else b"",
        b"lots": _lots(head.lots.S if head else "", amount),
        b"debit": debit,
        b"credit": credit,
        b"hash": head.hash.S.encode() if head else _NOTHING,
        b"nothing": _NOTHING,
    }


def _bare(raw: msgspec.Raw) -> bytes:
    """Without its quotes."""
    return bytes(raw)[1:-1]


def _lots(text: str, amount: int) -> bytes:
    """With the amount in the last lot."""
    place, _, amounts = (text or "PURCHASE@NEVER:0").rpartition(":")
    remaining, _, earned = amounts.partition("/")
    behind = f"/{int(earned) + amount}" if earned else ""
    return f"{place}:{int(remaining) + amount}{behind}".encode()
