"""Purchases and reversals as the ports hand them out: as lines of pages, as figures for sums."""

from collections.abc import Callable

import msgspec

from app.domain.periods import DateRange
from app.domain.purchases import Purchase
from app.domain.rates import rate_text
from app.domain.reversals import Reversal
from app.domain.totals import Figures
from app.ports.pages import PurchaseLine
from tests.fakes.facts import FakeFacts

Line = Purchase | Reversal
"""What a history is made of."""


def lines(facts: FakeFacts, of: Callable[[Purchase], bool], dates: DateRange, epoch_second: int) -> list[Line]:
    """Those that are wanted, in the order in which they were written, which is no order anybody may rely on."""
    everything: list[Line] = [*facts.purchases.values()]
    everything += [one for one in facts.further if isinstance(one, Reversal)]
    return [
        one
        for one in everything
        if of(fields(one)) and in_range(fields(one), dates) and is_alive(fields(one), epoch_second)
    ]


def fields(line: Line) -> Purchase:
    """What both have."""
    return line.line if isinstance(line, Reversal) else line


def own_id(line: Line) -> str:
    """What tells it from all others."""
    return line.item_id if isinstance(line, Reversal) else line.transaction_id


def purchase_line(line: Line) -> PurchaseLine:
    """Fields that were not given are UNSET, the rate is an exact JSON number."""
    purchase = fields(line)
    reversal = line if isinstance(line, Reversal) else None
    return PurchaseLine(
        transaction_id=purchase.transaction_id,
        user_id=purchase.user_id,
        transaction_date=purchase.transaction_date.isoformat(),
        card_id=purchase.card_id,
        card_name=_given(purchase.card_name),
        merchant_name=purchase.merchant_name,
        category=purchase.category,
        transaction_amount=purchase.transaction_amount,
        kickback_amount=purchase.kickback_amount,
        kickback_type=purchase.kickback_type.value,
        kickback_rate=msgspec.Raw(rate_text(purchase.kickback_rate_millionths)),
        description=_given(purchase.description),
        channel=_given(purchase.channel.value if purchase.channel else None),
        occurred_at=_given(purchase.occurred_at),
        reversal_id=_given(reversal.reversal_id if reversal else None),
        reason=_given(reversal.reason if reversal else None),
        created_at=purchase.created_at,
    )


def _given(text: str | None) -> str | msgspec.UnsetType:
    return text if text is not None else msgspec.UNSET


def figures_of(line: Line) -> Figures:
    """What sums need."""
    purchase = fields(line)
    return Figures(
        transaction_id=own_id(line),
        transaction_date=purchase.transaction_date.isoformat(),
        created_at=purchase.created_at,
        user_id=purchase.user_id,
        card_id=purchase.card_id,
        card_name=purchase.card_name,
        merchant_name=purchase.merchant_name,
        category=purchase.category,
        transaction_amount=purchase.transaction_amount,
        kickback_amount=purchase.kickback_amount,
        kickback_type=purchase.kickback_type,
        kickback_rate_millionths=purchase.kickback_rate_millionths,
        count_change=line.count_change if isinstance(line, Reversal) else 1,
    )


def in_range(purchase: Purchase, dates: DateRange) -> bool:
    """Both days included, None is open."""
    day = purchase.transaction_date
    return (dates.first is None or dates.first <= day) and (dates.last is None or day <= dates.last)


def is_alive(purchase: Purchase, epoch_second: int) -> bool:
    """False once its retention has ended."""
    return purchase.expiration_time is None or purchase.expiration_time > epoch_second
