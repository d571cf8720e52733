"""What a DynamoDB holds of a few purchases, as it answers it: attributes in no order, some that nobody knows, escapes
that mean the same as what they stand for, numbers of any size."""

from collections.abc import Iterable
from datetime import date

import msgspec

from app.domain.journal import EntryKind, postings_of
from app.domain.kickbacks import KickbackType
from app.domain.ledger import GENESIS_HASH, Account, LedgerEntry, sealed
from app.domain.lots import DEFICIT, Allocation, Lot
from app.domain.rankings import RankedBy
from app.domain.totals import Totals
from app.domain.view_rows import Naming, Part, ViewRow
from app.ports.views import CardTotal, CategoryTotal, LeaderboardRow, UserTotal, ViewId
from app.store.ledger_codec import ledger_item
from app.store.view_codec import view_item
from tests.http.stored import EPOCH_SECOND, GENERATION

POINT, MILE, CASHBACK = KickbackType
LAST_OF_PAGE = "t-escaped"


def purchase(name: str, day: str, **more: str) -> str:
    """An item; `more` are attributes as JSON."""
    attributes = {
        "GSI1SK": f'{{"S":"{day}"}}',
        "transactionId": f'{{"S":"{name}"}}',
        "kickbackRate": '{"N":"0.01"}',
        "SK": f'{{"S":"TRANSACTION#{day}#{name}"}}',
        "createdAt": f'{{"S":"{day}T12:34:56.000000Z"}}',
        "userId": '{"S":"hanako"}',
        "transactionDate": f'{{"S":"{day}"}}',
        "cardId": '{"S":"card-1"}',
        "merchantName": '{"S":"スーパーマーケットA"}',
        "PK": '{"S":"USER#hanako"}',
        "category": '{"S":"GROCERY"}',
        "transactionAmount": '{"N":"5000"}',
        "kickbackAmount": '{"N":"50"}',
        "kickbackType": '{"S":"POINT"}',
        **more,
    }
    return "{" + ",".join(f'"{attribute}":{value}' for attribute, value in attributes.items()) + "}"


PURCHASES = [
    purchase("t-bare", "2023-06-30"),
    purchase(
        "t-full",
        "2023-06-29",
        cardName='{"S":"プラチナ カード"}',
        description='{"S":"食料品購入 🛒"}',
        channel='{"S":"ONLINE"}',
        occurredAt='{"S":"2023-06-29T01:02:03+09:00"}',
        expirationTime=f'{{"N":"{EPOCH_SECOND + 1}"}}',
        addedLater='{"M":{"deep":{"L":[{"NULL":true},{"BOOL":false},{"B":"AAE="},{"SS":["a","b"]}]}}}',
    ),
    purchase("t-over", "2023-06-28", expirationTime=f'{{"N":"{EPOCH_SECOND}"}}'),
    purchase(
        LAST_OF_PAGE,
        "2023-06-27",
        merchantName='{"S":"\\u30b9\\u30fc\\"\\\\\\/\\u0000\\b\\f\\n\\r\\t\\u001f\\u007f \\ud83d\\uded2\\u2028"}',
        description='{"S":""}',
        kickbackRate='{"N":"0.000001"}',
    ),
    purchase(
        "t-huge",
        "2023-06-26",
        transactionAmount='{"N":"99999999999999999999999999999999999999"}',
        kickbackAmount='{"N":"18446744073709551616"}',
        kickbackType='{"S":"MILE"}',
        kickbackRate='{"N":"1"}',
        category='{"S":"TRAVEL"}',
    ),
    purchase("t-nothing", "2023-06-25", kickbackAmount='{"N":"0"}', kickbackRate='{"N":"0"}', channel='{"S":"STORE"}'),
    purchase(
        "t-full",
        "2023-06-24",
        reversalId='{"S":"r-2"}',
        reason='{"S":"返品"}',
        countChange='{"N":"-1"}',
        transactionAmount='{"N":"-3000"}',
        kickbackAmount='{"N":"-30"}',
    ),
    purchase("t-full", "2023-06-24", reversalId='{"S":"r-1"}', countChange='{"N":"0"}'),
]


def pages() -> dict[str, bytes]:
    """By partition."""
    first, second, rest = PURCHASES[:4], PURCHASES[4:7], PURCHASES[7:]
    return {
        "USER#hanako": _page(first, following="next"),
        "USER#hanako|next": _page([], following="after"),
        "USER#hanako|after": _page([*second, *rest]),
        f"USER#hanako|TRANSACTION#2023-06-27#{LAST_OF_PAGE}": _page([*second, *rest]),
        "CATEGORY#GROCERY#shard03": _page(PURCHASES[:3]),
        "CATEGORY#GROCERY#shard11": _page(PURCHASES[5:]),
        "CATEGORY#GROCERY#shard12": _page(PURCHASES[3:4]),
        "CATEGORY#TRAVEL#shard00": _page(PURCHASES[4:5]),
        "CATEGORIES#2023-06": _page(['{"SK":{"S":"GROCERY"}}', '{"SK":{"S":"TRAVEL"}}']),
        "CARD#card-1#shard00": _page(PURCHASES[:2]),
        "CARD#card-1#shard02": _page(PURCHASES[3:]),
        **_views(),
        **_ledgers(),
    }


def _page(items: Iterable[str], *, following: str | None = None) -> bytes:
    last = f',"LastEvaluatedKey":{{"PK":{{"S":"?"}},"SK":{{"S":"{following}"}}}}' if following else ""
    listed = list(items)
    return (
        f'{{"ConsumedCapacity":{{"CapacityUnits":1.5,"TableName":"facts"}},"Count":{len(listed)},'
        f'"Items":[{",".join(listed)}]{last},"ScannedCount":{len(listed)}}}'
    ).encode()


def _views() -> dict[str, bytes]:
    rows: dict[ViewId, ViewRow] = {}
    for number in range(9):
        member, row = f"card-{number}", _row(number + 1, 1000 * number, f"カード{number}" if number % 3 else None)
        rows[LeaderboardRow("GROCERY", "2023-06", RankedBy.CARD, member)] = row
        rows[LeaderboardRow("GROCERY", "2023", RankedBy.MERCHANT, f"店#{number} {'長' * 400}")] = row
        rows[UserTotal(f"user-{number}", "2023-06", "GROCERY")] = row
        for month in ("2022-12", "2023-01", "2023-05", "2023-06"):
            rows[CardTotal(member, month)] = row
            for category in ("GROCERY", "TRAVEL", "DINING"):
                rows[UserTotal("hanako", month, category)] = row
                rows[UserTotal("hanako", month[:4], category)] = row
        for day in ("2023-06-10", "2023-06-11"):
            rows[CardTotal(member, day)] = row
    for number, category in enumerate(("GROCERY", "TRAVEL", "DINING", "GONE")):
        rows[CategoryTotal("2023-06", category)] = _row(0 if category == "GONE" else 3 - number % 2, 10 * number, None)
        rows[CategoryTotal("2023", category)] = _row(number, 7, None)
    items: dict[str, list[dict[str, object]]] = {}
    for view_id, row in rows.items():
        item = view_item(GENERATION, view_id, row)
        for name in {item[key]["S"] for key in ("PK", "scorePK") if key in item}:
            items.setdefault(name, []).append(item)
    return {name: _page(msgspec.json.encode(item).decode() for item in of) for name, of in items.items()}


def _row(count: int, amount: int, name: str | None) -> ViewRow:
    by_type = {POINT: amount // 2} if amount % 3 else {POINT: amount // 2, MILE: amount - 7, CASHBACK: 10**20}
    totals = Totals(count, amount, 10_000 * count, by_type)
    naming = Naming(name, f"2023-06-{amount % 28 + 1:02d}") if name else Naming()
    parts = {
        part: Part(Totals(count, amount // (2 + place), 3, dict(by_type)), naming.copy() if place else Naming())
        for place, part in enumerate(("GROCERY", "DINING"))
    }
    return ViewRow(totals, naming, parts, {"shard-1": b"\x00\x01"})


def _ledgers() -> dict[str, bytes]:
    lots = (
        Lot("PURCHASE", date(2023, 7, 1), 50, 20),
        Lot("BENEFIT:signup", date(2023, 7, 1), 100, 100),
        Lot("PURCHASE", date(2023, 7, 2), 70, 70),
        Lot("PURCHASE", None, 5, 5),
    )
    point = _entry(POINT, lots, 0, (Allocation("PURCHASE", date(2023, 7, 2), 70), Allocation(DEFICIT, None, 3)))
    mile = _entry(MILE, (), 40, (Allocation(DEFICIT, None, -40),))
    return {f"USER#saver|LEDGER#{entry.account.kind.value}": _entry_page(entry) for entry in (point, mile)}


def _entry(kind: KickbackType, lots: tuple[Lot, ...], deficit: int, allocations: tuple[Allocation, ...]) -> LedgerEntry:
    amount = sum(one.amount for one in allocations)
    return sealed(
        LedgerEntry(
            account=Account("saver", kind),
            version=7,
            kind=EntryKind.EARN if amount > 0 else EntryKind.CLAWBACK,
            amount=amount,
            balance=sum(lot.remaining for lot in lots) - deficit,
            deficit=deficit,
            lots=lots,
            allocations=allocations,
            postings=postings_of(EntryKind.EARN, kind, abs(amount)),
            cause="TRANSACTION#t-full",
            rule="180 days" if lots else None,
            effective_at="2023-06-29T01:02:03.000000Z",
            posted_at="2023-06-29T01:02:03.000000Z",
            lateness=0,
            recorded_at="2023-06-29T01:02:04.000000Z",
            previous_hash=GENESIS_HASH,
            hash="",
        )
    )


def _entry_page(entry: LedgerEntry) -> bytes:
    return _page([msgspec.json.encode(ledger_item(entry, due_shards=16)).decode()])
