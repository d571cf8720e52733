"""How many rows ended how."""

from dataclasses import dataclass


@dataclass(slots=True)
class Tally:
    """Counts of rows."""

    created: int = 0
    already_there: int = 0
    conflicts: int = 0
    refused: int = 0
    failed: int = 0

    def count(self, status: int) -> bool:
        """Counts one answer. True when the row is recorded, now or before."""
        match status:
            case 201:
                self.created += 1
            case 200:
                self.already_there += 1
            case 409:
                self.conflicts += 1
            case _ if status >= 500:
                self.failed += 1
            case _:
                self.refused += 1
        return status in (200, 201)

    @property
    def rows(self) -> int:
        """All of them."""
        return self.created + self.already_there + self.wrong

    @property
    def wrong(self) -> int:
        """Rows that are not recorded as they stand in the file."""
        return self.conflicts + self.refused + self.failed

    def text(self) -> str:
        """One line."""
        return (
            f"{self.created} created, {self.already_there} already there, {self.conflicts} conflicts, "
            f"{self.refused} refused, {self.failed} failed"
        )
