"""A few purchases told by clients, and everything that is stored and answered for each, byte for byte."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from app.api.transaction_answers import transaction_bytes
from app.api.transaction_body import PurchaseRules
from app.api.transaction_reading import read_purchase
from app.callers import Caller
from app.commands.record_group import Created, Recording, record_group
from app.domain.decisions.claw_back import Clawback, ClawbackPolicy, decide_claw_back
from app.domain.decisions.following import Moment
from app.domain.decisions.use import Use, decide_use
from app.domain.earning import PURCHASE_SOURCE, EarningRules
from app.domain.expiry import RoundUp, Validity
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, LedgerEntry
from app.ports.audit import AuditRow
from app.ports.transactions import NewTransaction
from app.store.audit_codec import audit_item
from app.store.ledger_codec import guard_item, ledger_item
from app.store.purchase_codec import purchase_item
from tests.bodies import EXAMPLE_BODY
from tests.commands.recorders import recording
from tests.fakes import FakeFacts

TOKYO = ZoneInfo("Asia/Tokyo")
NEW_YORK = ZoneInfo("America/New_York")
START = datetime(2023, 5, 1, 12, 34, 56, 7, tzinfo=UTC)
EAST = timezone(timedelta(hours=14))
POINTS = Account("user123", KickbackType.POINT)
USED, TAKEN_BACK = "used", "taken back"
QUARTERS = Validity(months=6, round_up=RoundUp.QUARTER)

# What is changed in the example body (None leaves a field out), or how much is used or taken back of user123's points.
TOLD: list[dict[str, Any]] = [
    {"channel": None, "occurredAt": None},
    {"transactionDate": None, "occurredAt": "2023-05-01T23:59:59.123456789+09:00", "kickbackRate": "0.010000"},
    {"occurredAt": "2023-05-01t12:34:55z", "kickbackType": "MILE", "kickbackAmount": None, "kickbackRate": 1},
    {"occurredAt": None, "kickbackType": "MILE"},
    {"occurredAt": None, "kickbackType": "CASHBACK", "kickbackRate": None, "channel": "ONLINE"},
    {"kickbackAmount": 0, "kickbackRate": None, "cardName": None, "description": ""},
    {"transactionDate": "2020-02-29", "occurredAt": None},  # over before it comes in
    {"transactionDate": "2023-04-01", "occurredAt": None, "category": "grocery"},
    {"transactionDate": "2023-05-02", "occurredAt": "2023-05-02T00:00:00+09:00", "kickbackAmount": 10**12},
    {USED: 70},
    {"merchantName": 'カ\u3099 \\ "quoted" / é\u0301 \U0001f36e\u200d\u007e', "description": "<&> \u00a0"},
    {TAKEN_BACK: 2 * 10**12},
    {"kickbackAmount": 30, "transactionDate": "2023-05-03", "occurredAt": None},
    {"kickbackAmount": 2 * 10**11, "transactionDate": "2023-05-03", "occurredAt": None, "userId": "u" * 64},
    {"kickbackAmount": 10**12, "transactionDate": "2023-05-03", "occurredAt": None},
    {"kickbackAmount": 7, "transactionDate": "2023-05-03", "occurredAt": "2023-05-03T00:00:00-12:00"},
    {"kickbackAmount": 8, "transactionDate": "2000-01-01", "occurredAt": "2000-01-01T00:00:00Z"},
    {"kickbackAmount": 9, "transactionDate": "2023-05-03", "occurredAt": None, "transactionAmount": 10**12},
]


async def told(validity: Validity, zone: ZoneInfo, retention: timedelta | None) -> list[dict[str, Any]]:
    """For each purchase what was sent, the answer, and the items, in the order in which they were told. Miles never
    expire."""
    facts = FakeFacts()
    forms: list[dict[str, Any]] = []
    for number, change in enumerate(TOLD, start=1):
        moment = (START + timedelta(hours=number)).astimezone(EAST if number % 2 else UTC)
        if USED in change or TAKEN_BACK in change:
            _book(facts, change, Moment(moment, moment, zone))
            continue
        rules = _rules(moment, zone, retention)
        fields = {**EXAMPLE_BODY, "transactionId": f"txn-{number}", **change}
        sent = json.dumps({name: value for name, value in fields.items() if value is not None})
        using = _recording(
            facts, EarningRules({**dict.fromkeys(KickbackType, validity), KickbackType.MILE: Validity()}, zone), moment
        )
        (outcome,) = await record_group([read_purchase(sent.encode(), rules)], {}, using=using)
        assert isinstance(outcome, Created)
        answer = transaction_bytes(outcome.purchase, outcome.earned).decode()
        forms.append({"sent": sent, "answer": answer, "items": items_of(*_written(facts))})
    return forms


def items_of(transaction: NewTransaction, audit: AuditRow) -> list[dict[str, Any]]:
    """What is put for it."""
    return [
        guard_item(transaction.guard),
        purchase_item(transaction.purchase, category_shards=16, card_shards=4),
        *(ledger_item(entry, due_shards=16) for entry in transaction.entries),
        audit_item(audit, shards=16),
    ]


def _rules(moment: datetime, zone: ZoneInfo, retention: timedelta | None) -> PurchaseRules:
    return PurchaseRules(now=lambda: moment, new_id=lambda: "made", zone=zone, retention=retention)


def _recording(facts: FakeFacts, rules: EarningRules, moment: datetime) -> Recording:
    caller = Caller("client:shop", f"request-{moment.hour}", "月末の訂正" if moment.hour % 3 else None)
    now = moment + timedelta(microseconds=5)
    return replace(recording(facts), rules=rules, now=lambda: now, caller=lambda: caller)


def _written(facts: FakeFacts) -> tuple[NewTransaction, AuditRow]:
    written = list(facts.tokens.values())[-1]
    assert isinstance(written, tuple)
    transaction, audit = written
    assert isinstance(transaction, NewTransaction)
    assert isinstance(audit, AuditRow)
    return transaction, audit


def _book(facts: FakeFacts, change: dict[str, Any], moment: Moment) -> None:
    head: LedgerEntry = facts.passbook(POINTS)[-1]
    if USED in change:
        entries = decide_use(head, Use(POINTS, change[USED], "REDEMPTION#r1", moment))
    else:
        source, policy = PURCHASE_SOURCE, ClawbackPolicy.ALLOW_NEGATIVE
        clawback = Clawback(POINTS, change[TAKEN_BACK], source, head.lots[0].expires_on, "REVERSAL#x", policy, moment)
        entries = decide_claw_back(head, clawback)
    assert isinstance(entries, list)
    facts.entries.update({(POINTS, entry.version): entry for entry in entries})
