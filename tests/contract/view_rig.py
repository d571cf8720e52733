"""Rows of a generation to be read, and what they must say."""

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.domain.kickbacks import KickbackType
from app.domain.rankings import member_of
from app.domain.totals import Figures, Totals, total_of
from app.ports.views import Generation, Leaderboard, Standing, Views, ViewWriter
from tests.projections.events import plain_fold

VALUATION = {KickbackType.POINT: 1_000_000, KickbackType.MILE: 2_500_000, KickbackType.CASHBACK: 1_000_000}
MERCHANTS = ("スーパーマーケットA", "Ａ店", "a", "B", "𝒳 mart", "", "é", "Z#9")
LONG = tuple(chr(0x1F600 + number) + "😀" * 255 for number in range(6))
ALIKE = tuple("😀" * 255 + chr(0x1F600 + number) for number in range(6))


@dataclass(frozen=True, slots=True)
class Stored:
    """A generation with rows, to be read."""

    generation: Generation
    views: Views
    writer: ViewWriter

    async def count(self, purchases: Iterable[Figures]) -> None:
        await self.writer.fill(self.generation, plain_fold(purchases))


def some(count: int, merchants: Sequence[str] = MERCHANTS, seed: int = 3) -> list[Figures]:
    """Few kickbacks that differ, so that many members tie."""
    rng = random.Random(seed)
    return [
        Figures(
            f"t{number:04d}",
            f"{rng.choice(('2022-12', '2023-04', '2023-05', '2023-05'))}-{rng.choice((1, 2, 15, 30)):02d}",
            "2023-05-01T12:34:56.000000Z",
            f"user{rng.randrange(20)}",
            f"card{rng.randrange(20)}",
            rng.choice(("金", "銀")),
            rng.choice([merchant for merchant in merchants if merchant]),
            rng.choice(("GROCERY", "GROCERY", "FUEL")),
            rng.randrange(1, 5_000),
            rng.choice((0, 10, 20)),
            rng.choice(list(KickbackType)),
            10_000,
        )
        for number in range(count)
    ]


def standings(purchases: Iterable[Figures], board: Leaderboard) -> list[tuple[str, int, Totals]]:
    """As they must be: added up here."""
    of: dict[str, list[Figures]] = defaultdict(list)
    for one in purchases:
        if one.category == board.category and one.transaction_date.startswith(board.period):
            of[member_of(one, board.by)[0]].append(one)
    sums = {member: total_of(own) for member, own in of.items()}
    rows = [(member, totals.value(VALUATION), totals) for member, totals in sums.items() if totals.count]
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def seen(rows: Iterable[Standing]) -> list[tuple[str, int, Totals]]:
    return [(row.member, row.value, row.row.totals) for row in rows]
