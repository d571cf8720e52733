"""Who leads: members ordered by kickback value, equal values sharing a rank (1, 1, 3), medals for the first three."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.groups import NOBODY, Group, Users, with_user
from app.domain.kickbacks import Valuation
from app.domain.totals import Figures, Totals
from app.domain.view_rows import Naming


class RankedBy(StrEnum):
    """What is ranked inside a category."""

    CARD = "card"
    MERCHANT = "merchant"
    USER = "user"


MEDALS: Mapping[int, str] = {1: "GOLD", 2: "SILVER", 3: "BRONZE"}


@dataclass(slots=True)
class Member:
    """One row before it is ranked."""

    member_id: str
    totals: Totals = field(default_factory=Totals)
    naming: Naming = field(default_factory=Naming)
    users: Users = NOBODY

    @property
    def name(self) -> str | None:
        """The newest one known."""
        return self.naming.name

    @property
    def group(self) -> Group:
        """What is behind it."""
        return Group(self.totals.count, self.users)

    def add(self, figures: Figures, name: str | None) -> None:
        """Counts a purchase or a reversal."""
        self.totals.add(figures)
        self.naming.offer(figures, name)
        if figures.count_change > 0:
            self.users = with_user(self.users, figures.user_id)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A member's place. `value` is its kickback value under the valuation used."""

    rank: int
    value: int
    member: Member


def member_of(figures: Figures, by: RankedBy) -> tuple[str, str | None]:
    """The id and, where it has one, the name under which a purchase counts."""
    match by:
        case RankedBy.CARD:
            return figures.card_id, figures.card_name
        case RankedBy.MERCHANT:
            return figures.merchant_name, figures.merchant_name
        case RankedBy.USER:
            return figures.user_id, None


def ranked(members: Iterable[Member], valuation: Valuation) -> list[Ranked]:
    """All members with purchases, best first: value descending, then id."""
    scored = sorted(((member.totals.value(valuation), member) for member in members if member.totals.count), key=_place)
    rows: list[Ranked] = []
    for position, (value, member) in enumerate(scored, start=1):
        tied = rows and rows[-1].value == value
        rows.append(Ranked(rows[-1].rank if tied else position, value, member))
    return rows


def _place(scored: tuple[int, Member]) -> tuple[int, str]:
    value, member = scored
    return (-value, member.member_id)


def rank_among(value: int, others: Iterable[int]) -> int:
    """The place of a value among others: one more than how many are better."""
    return 1 + sum(other > value for other in others)
