"""A row of a view: a sum, perhaps with its parts and a name, and how far each source has been counted in it."""

from dataclasses import dataclass, field

from app.domain.totals import Figures, Totals

Mark = bytes
"""How far into a source: comparable within one source, later is greater. Never empty."""


@dataclass(slots=True)
class Naming:
    """The newest name known. A newer purchase's name wins, whatever the order in which they come."""

    name: str | None = None
    named_at: str = ""

    def offer(self, figures: Figures, name: str | None) -> None:
        """Takes the name of a newer purchase."""
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
    """How a purchase counts in one row: under which name, and in which part of its breakdown."""

    name: str | None = None
    part: str | None = None
    part_name: str | None = None


@dataclass(slots=True)
class ViewRow:
    """`marks` says, for each source, up to where it is counted: what lies at or before its mark never counts again."""

    totals: Totals = field(default_factory=Totals)
    naming: Naming = field(default_factory=Naming)
    parts: dict[str, Part] = field(default_factory=dict)
    marks: dict[str, Mark] = field(default_factory=dict)

    def add(self, figures: Figures, counted: Counted) -> None:
        """Counts a purchase or a reversal."""
        self.totals.add(figures)
        self.naming.offer(figures, counted.name)
        if counted.part is not None:
            part = self.parts.setdefault(counted.part, Part())
            part.totals.add(figures)
            part.naming.offer(figures, counted.part_name)

    def copy(self) -> "ViewRow":
        """A row of its own."""
        parts = {key: part.copy() for key, part in self.parts.items()}
        return ViewRow(self.totals.copy(), self.naming.copy(), parts, dict(self.marks))
