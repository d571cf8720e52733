"""Views: what is derived from the facts so that an answer does not grow with them. Any of them can be made again."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from app.domain.kickbacks import Valuation
from app.domain.rankings import RankedBy
from app.domain.view_rows import ViewRow


@dataclass(frozen=True, slots=True)
class Generation:
    """One making of all views. `since`: what was recorded before that instant (UTC text) came from the facts
    themselves, those from then on come from the stream. `valuation` and `shards` hold for all of its life."""

    number: int
    shards: int
    valuation: Valuation
    since: str


@dataclass(frozen=True, slots=True)
class LeaderboardRow:
    """A card or merchant in a category's month ('2023-05') or year ('2023')."""

    category: str
    period: str
    by: RankedBy
    member: str


@dataclass(frozen=True, slots=True)
class UserTotal:
    """A user in a category's month or year: the row of the leaderboard by user, a month's with its cards as parts."""

    user_id: str
    period: str
    category: str


@dataclass(frozen=True, slots=True)
class CategoryTotal:
    """A category in a month or year."""

    period: str
    category: str


@dataclass(frozen=True, slots=True)
class CardTotal:
    """A card on a day ('2023-05-01') or in a month, with its categories as parts."""

    card_id: str
    period: str


@dataclass(frozen=True, slots=True)
class JournalTotal:
    """What was booked on each account of the journal in a UTC month ('2023-05'), hour ('2023-05-01T12') or second
    ('2023-05-01T12:34:56'): the part of the users in one shard."""

    period: str
    shard: int


ViewId = LeaderboardRow | UserTotal | CategoryTotal | CardTotal | JournalTotal


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """Which ranking."""

    category: str
    period: str
    by: RankedBy


@dataclass(frozen=True, slots=True)
class Standing:
    """A row of a leaderboard. `value` is its kickback value under the generation's valuation."""

    member: str
    value: int
    row: ViewRow


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a leaderboard: behind this value and member, in the order value descending, then member."""

    value: int
    member: str


class Views(Protocol):
    """Reading. Every method raises StoreUnavailable; one failing shard fails the request."""

    async def leaderboard(
        self, generation: Generation, board: Leaderboard, *, limit: int, after: Place | None
    ) -> Sequence[Standing]:
        """The next `limit` members with purchases: value descending, then member; fewer only at the end."""
        ...

    async def lowest(self, generation: Generation, board: Leaderboard, *, limit: int) -> Sequence[Standing]:
        """The last `limit` members of a leaderboard, in its order; fewer only where it has no more."""
        ...

    async def categories(self, generation: Generation, period: str) -> Mapping[str, ViewRow]:
        """Every category with purchases in the month or year."""
        ...

    async def card(
        self, generation: Generation, card_id: str, months: Sequence[str], days: Sequence[str]
    ) -> Mapping[str, ViewRow]:
        """The card's rows of these months and days, by period; none where it has no purchases."""
        ...

    async def cards(
        self, generation: Generation, months: Sequence[str], days: Sequence[str]
    ) -> Mapping[str, Sequence[ViewRow]]:
        """Every card's rows of these months and days, by card."""
        ...

    async def user(self, generation: Generation, user_id: str, period: str) -> Mapping[tuple[str, str], ViewRow]:
        """The user's month rows in a month or in all months of a year, by (month, category)."""
        ...

    async def user_year(self, generation: Generation, user_id: str, year: str) -> Mapping[str, ViewRow]:
        """The user's rows of a year, by category."""
        ...

    async def journal(self, generation: Generation, at: str) -> Sequence[tuple[str, ViewRow]]:
        """Rows that hold everything booked up to an instant (UTC text), with their periods, in no order: the months
        before its month, the hours of the month before its hour, the seconds of the hour up to its own; of all
        shards."""
        ...


class Saved(Enum):
    """What became of a row that was to be saved."""

    SAVED = auto()
    STALE = auto()
    """Somebody else had changed it: load it again."""
    UNAVAILABLE = auto()
    """It may or may not be saved; load it again."""


@dataclass(frozen=True, slots=True)
class Unsavable:
    """Storage will never take this row, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Change:
    """A row to be saved, and the one it was made from (None: there was none)."""

    view_id: ViewId
    before: ViewRow | None
    after: ViewRow


class ViewWriter(Protocol):
    """Writing. Only the projector and a rebuild do."""

    async def load(self, generation: Generation, ids: Collection[ViewId]) -> dict[ViewId, ViewRow]:
        """The rows that are there, strongly consistent. Raises StoreUnavailable."""
        ...

    async def save(self, generation: Generation, changes: Sequence[Change]) -> Sequence[Saved | Unsavable]:
        """What became of each change, in order. A row is only replaced if its marks are still those of `before`."""
        ...

    async def fill(self, generation: Generation, rows: Mapping[ViewId, ViewRow]) -> None:
        """Puts rows whatever is there, cheaply: for a generation nobody else knows yet. Raises StoreUnavailable."""
        ...
