"""Bytes of view rows as the projector writes them, made by the service's own codec."""

from dataclasses import dataclass

from app.domain.kickbacks import KickbackType
from app.domain.rankings import RankedBy
from app.domain.totals import Totals
from app.domain.view_rows import Naming, Part, ViewRow
from app.ports.views import CardTotal, CategoryTotal, Generation, JournalTotal, LeaderboardRow, UserTotal, ViewId
from app.store.limits import item_bytes
from app.store.view_codec import view_item
from app.stream.marks import mark_of

_GENERATION = Generation(1, 8, dict.fromkeys(KickbackType, 1_000_000), "")
_MARK = mark_of(12, "1" * 21)
_LINE = "a1b2c3d4"
_MONTH = "2026-11"
_INSTANT = "2026-11-22T03:04:05"
_NAMING = Naming("プラチナカード", "2026-11-22 2026-11-22T03:04:05.000000Z 01975f5e-7a1c-7c3e-9d5b-0123456789ab")
_PARTS = 12
_USERS = bytes(32)  # a full sketch: see app.domain.groups
_CARDS_OF_A_USER = 3


@dataclass(frozen=True, slots=True)
class RowBytes:
    """Of a row without marks, and of the mark of each line of stream shards that is counted in it."""

    base: int
    mark: int

    def with_marks(self, lines: float) -> float:
        """Bytes of a row in which so many lines are counted."""
        return self.base + self.mark * lines


def leaderboard_row() -> RowBytes:
    """A card in a category's month. A merchant's name is longer, but not by much."""
    return _bytes(LeaderboardRow("GROCERY", _MONTH, RankedBy.CARD, "card-0042"), _totals(naming=True, users=_USERS))


def user_row() -> RowBytes:
    """A user in a category's month, with cards as parts."""
    return _bytes(UserTotal("user-00001234", _MONTH, "GROCERY"), _totals(parts=_CARDS_OF_A_USER, named_parts=True))


def category_row() -> RowBytes:
    """A category's month."""
    return _bytes(CategoryTotal(_MONTH, "GROCERY"), _totals(users=_USERS))


def card_row() -> RowBytes:
    """A card's month, with categories as parts."""
    return _bytes(CardTotal("card-0042", _MONTH), _totals(naming=True, parts=_PARTS, users=_USERS))


def journal_row() -> RowBytes:
    """A month or an hour of the journal."""
    return _bytes(JournalTotal(_INSTANT[:7], 0), ViewRow(postings=_postings(0)))


def journal_entry_bytes() -> int:
    """What each entry adds to the journal's row of its second, where it has a microsecond of its own."""
    one, two = (
        _bytes(JournalTotal(_INSTANT, 0), ViewRow(postings={k: v for n in range(count) for k, v in _second(n).items()}))
        for count in (1, 2)
    )
    return two.base - one.base


def _second(microsecond: int) -> dict[str, tuple[int, int]]:
    return {f"{microsecond:06d}#{account}": sums for account, sums in _postings(50).items()}


def _postings(amount: int) -> dict[str, tuple[int, int]]:
    return {"5110": (amount, 0), "2110": (0, amount)}


def _totals(*, naming: bool = False, parts: int = 0, named_parts: bool = False, users: bytes = b"") -> ViewRow:
    def totals() -> Totals:
        return Totals(123_456, 1_234_567_890, 1_234_560_000, dict.fromkeys(KickbackType, 1_234_567))

    part_naming = _NAMING if named_parts else Naming()
    members = {f"MEMBER_{number:03d}": Part(totals(), part_naming) for number in range(parts)}
    return ViewRow(totals(), _NAMING if naming else Naming(), members, users=users)


def _bytes(view_id: ViewId, row: ViewRow) -> RowBytes:
    base = item_bytes(view_item(_GENERATION, view_id, row))
    sizes = []
    for lines in (1, 2):
        row.marks = {f"{_LINE}{number}"[-len(_LINE) :]: _MARK for number in range(lines)}
        sizes.append(item_bytes(view_item(_GENERATION, view_id, row)))
    return RowBytes(base, sizes[1] - sizes[0])
