"""Which card gives back most: by realized rate, then value; cards with too few purchases to say come last."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.kickbacks import Valuation
from app.domain.rankings import MEDALS, Member
from app.domain.samples import is_low_sample

CardOrder = tuple[bool, int, int, str]
"""Ascending is best first: low sample last, then rate and value (both negated), then id."""


@dataclass(frozen=True, slots=True)
class RankedCard:
    """A card's place. Low samples have ranks, which go on from the others', but no medals."""

    rank: int
    order: CardOrder
    member: Member

    @property
    def low_sample(self) -> bool:
        """Whether it has too few purchases to say."""
        return self.order[0]

    @property
    def medal(self) -> str | None:
        """Its medal, if it has one."""
        return None if self.low_sample else MEDALS.get(self.rank)


def ranked_cards(members: Iterable[Member], valuation: Valuation, *, low_sample_below: int) -> list[RankedCard]:
    """All cards with purchases. Equal rate and value (and equally many or few purchases) share a rank: 1, 1, 3."""
    ordered = sorted(
        ((_order(member, valuation, low_sample_below), member) for member in members if member.totals.count),
        key=lambda placed: placed[0],
    )
    rows: list[RankedCard] = []
    for position, (order, member) in enumerate(ordered, start=1):
        tied = rows and rows[-1].order[:3] == order[:3]
        rows.append(RankedCard(rows[-1].rank if tied else position, order, member))
    return rows


def _order(member: Member, valuation: Valuation, low_sample_below: int) -> CardOrder:
    totals = member.totals
    # Without spending there is no rate; such a card is a low sample, and 0 is as good a place as any among those.
    rate = totals.realized_rate_millionths(valuation) or 0
    return (is_low_sample(totals, low_sample_below), -rate, -totals.value(valuation), member.member_id)
