"""How large entries are, and what writing them costs, by how many lots are open."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta, tzinfo
from typing import Any

from app.api.services import Services
from app.bootstrap.binding import now
from app.commands.record_transaction import record_transaction
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, LedgerEntry
from app.domain.periods import business_date, utc_text
from app.domain.purchases import Purchase
from app.settings import Settings
from app.store.ledger_codec import ledger_item
from app.store.limits import item_bytes
from bench.http_client import Unexpected
from bench.ledger.calls import Calls, Spent
from bench.ledger.history import EACH, Plan, opened
from bench.ledger.seeding import put_entries
from bench.views.crowd import Crowd, purchases

OPEN = (1, 40, 400)
_MONTH = "2023-05"


@dataclass(frozen=True, slots=True)
class Sizes:
    """With so many lots open before. Bytes of the entry's item; capacity units of the whole command."""

    lots: int
    earn_bytes: int
    earn: Spent
    use_bytes: int
    use: Spent


async def measure_sizes(
    settings: Settings, client: Any, services: Services, *, say: Callable[[str], None]
) -> Sequence[Sizes]:
    """A purchase that earns, and then the redemption of everything, on an account of each kind."""
    plan = Plan(now() - timedelta(minutes=1), settings.zone)
    found = []
    for lots in OPEN:
        say(f"{lots} open lots")
        account = Account(f"sizes{lots:04d}", KickbackType.POINT)
        await put_entries(settings, client, opened(None, account, plan, lots=lots))
        earn, use = Spent(), Spent()
        one = _purchase(account, lots, settings.zone)
        await earn.on(record_transaction(one, using=services.recording))
        earned = await _head(services, account)
        await use.on(Calls(services).redemption(account, earned.balance))
        used = await _head(services, account)
        found.append(Sizes(lots, _bytes(earned, settings), earn, _bytes(used, settings), use))
    return found


def _purchase(account: Account, lots: int, zone: tzinfo) -> Purchase:
    """Made now."""
    (one,) = purchases(f"sizes{lots}", Crowd(), _MONTH, 1)
    moment = now()
    return replace(
        one,
        user_id=account.user_id,
        kickback_amount=EACH,
        kickback_type=account.kind,
        transaction_date=business_date(moment, zone),
        occurred_at=utc_text(moment),
    )


async def _head(services: Services, account: Account) -> LedgerEntry:
    head = await services.ledger.head(account)
    if head is None:
        raise Unexpected("an account has no entry")
    return head


def _bytes(entry: LedgerEntry, settings: Settings) -> int:
    return item_bytes(ledger_item(entry, due_shards=settings.due_shards))
