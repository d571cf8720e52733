"""A row of a view: a sum, perhaps with its parts and a name, and how far each source has been counted in it."""

from dataclasses import dataclass, field

from app.domain.bookings import Booking, posting_key
from app.domain.groups import NOBODY, Users, with_user
from app.domain.totals import Figures, Totals

Countable = Figures | Booking
"""What views count: purchases and reversals, and the postings of ledger entries."""

Mark = bytes
"""How far into a source: comparable within one source, later is greater. Never empty."""


@dataclass(slots=True)
class Naming:
    """The newest name known. A newer purchase's name wins, whatever the order in which they come."""

    name: str | None = None
    named_at: str = ""

    def offer(self, figures: Figures, name: str | None) -> None:
        """Takes the name of a newer purchase. A reversal is newer than its purchase and says no more of names than
        that did."""
        if figures.count_change < 1:
            return
        named_at = f"{figures.transaction_date} {figures.created_at} {figures.transaction_id}"
        if name is not None and named_at > self.named_at:
            self.name, self.named_at = name, named_at

    def copy(self) -> "Naming":
        """A name of its own."""
        return Naming(self.name, self.named_at)


@dataclass(slots=True)
class Part:
    """One member of a breakdown."""

    totals: Totals = field(default_factory=Totals)
    naming: Naming = field(default_factory=Naming)

    def copy(self) -> "Part":
        """A part of its own."""
        return Part(self.totals.copy(), self.naming.copy())


@dataclass(frozen=True, slots=True)
class Counted:
    """How a purchase counts in one row: under which name, and in which part of its breakdown; and an entry's postings:
    in a row of which `span` (see app.domain.bookings). `with_users`: whether the row says how many users bought."""

    name: str | None = None
    part: str | None = None
    part_name: str | None = None
    span: int = 0
    with_users: bool = False


@dataclass(slots=True)
class ViewRow:
    """`marks` says, for each source, up to where it is counted: what lies at or before its mark never counts again.
    `postings` are sums of debits and of credits, by posting_key; a row has these or totals. `users` is a sketch of who
    bought (see app.domain.groups), in rows that are not about one user."""

    totals: Totals = field(default_factory=Totals)
    naming: Naming = field(default_factory=Naming)
    parts: dict[str, Part] = field(default_factory=dict)
    marks: dict[str, Mark] = field(default_factory=dict)
    postings: dict[str, tuple[int, int]] = field(default_factory=dict)
    users: Users = NOBODY

    def add(self, one: Countable, counted: Counted) -> None:
        """Counts a purchase, a reversal or an entry's postings."""
        if isinstance(one, Booking):
            self._book(one, counted.span)
        else:
            self._count(one, counted)

    def _book(self, booking: Booking, span: int) -> None:
        for posting in booking.postings:
            key = posting_key(booking.effective_at, posting.account, span)
            debit, credit = self.postings.get(key, (0, 0))
            self.postings[key] = (debit + posting.debit, credit + posting.credit)

    def _count(self, figures: Figures, counted: Counted) -> None:
        self.totals.add(figures)
        self.naming.offer(figures, counted.name)
        if counted.with_users and figures.count_change > 0:
            self.users = with_user(self.users, figures.user_id)
        if counted.part is not None:
            part = self.parts.setdefault(counted.part, Part())
            part.totals.add(figures)
            part.naming.offer(figures, counted.part_name)

    def copy(self) -> "ViewRow":
        """A row of its own."""
        parts = {key: part.copy() for key, part in self.parts.items()}
        return ViewRow(self.totals.copy(), self.naming.copy(), parts, dict(self.marks), dict(self.postings), self.users)
