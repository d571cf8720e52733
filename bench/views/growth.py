"""What a ranking costs while there are more and more purchases: from the views, and beside it from the purchases."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from statistics import median

from app.domain.purchases import Purchase
from bench.connections import connections
from bench.load import get_request
from bench.processes import Service
from bench.rows import Sample
from bench.slices import Asked, Side, alternate, measure, thirds, together
from bench.views.crowd import Crowd, purchases

CATEGORY = "GROCERY"
CROWD = Crowd(users=2_000, merchants=200, cards=300, categories=(CATEGORY,))
LIMIT = 10
SLICE_SECONDS = 0.25
_IN_FLIGHT = 4
# Differences of a few percent are to be seen, which takes longer than a figure.
_TIMES = 3


@dataclass(frozen=True, slots=True)
class Requests:
    """Some requests: how many, the median of their read units, and the server's CPU for each in milliseconds."""

    done: int
    read_units: float
    per_second: float
    cpu_ms: float | None


@dataclass(slots=True)
class Growth:
    """One size. From the views: thirds of the run, and all of it; live: once. `answer_bytes`: of the whole answer."""

    purchases: int
    month: str
    views: list[Requests]
    whole: Requests
    live: Requests
    answer_bytes: int


def seeded(sizes: Sequence[int]) -> Iterator[Purchase]:
    """A month of the category for each size."""
    return chain.from_iterable(
        purchases(f"growth{size}", CROWD, month_of(place), size) for place, size in enumerate(sizes)
    )


def month_of(place: int) -> str:
    """The month in which that size lies."""
    return f"2023-{place + 1:02d}"


async def measure_growth(
    service: Service, sizes: Sequence[int], *, seconds: float, rounds: int, say: Callable[[str], None]
) -> list[Growth]:
    """Some times `rounds * seconds` for each size, in slices in turn, after a third of that to warm up; then each once
    live."""
    paths = [f"/categories/{CATEGORY}/rankings?month={month_of(place)}&limit={LIMIT}" for place in range(len(sizes))]
    bytes_of = [await _length(service, path) for path in paths]
    count, long = _slices(_TIMES * rounds * seconds)
    sides = _sides(service, paths, sizes, in_flight=_IN_FLIGHT)
    await measure(sides, seconds=long, rounds=count, warm_up=max(1, count // 3))
    live = [
        await _live(service, f"{path}&view=live", size, seconds, say) for path, size in zip(paths, sizes, strict=True)
    ]
    return [
        Growth(size, month_of(place), _thirds(side), _all(side), live[place], bytes_of[place])
        for place, (size, side) in enumerate(zip(sizes, sides, strict=True))
    ]


def _slices(seconds: float) -> tuple[int, float]:
    """How many and how long: three at least, so that there are thirds to compare."""
    count = max(3, round(seconds / SLICE_SECONDS))
    return count, seconds / count


async def _live(service: Service, path: str, size: int, seconds: float, say: Callable[[str], None]) -> Requests:
    say(f"ranking over {size:,} purchases, live")
    sides = _sides(service, [path], [size], in_flight=1)
    await alternate(sides, seconds=seconds, rounds=1)
    return _all(sides[0])


def _sides(service: Service, paths: Sequence[str], sizes: Sequence[int], *, in_flight: int) -> list[Side]:
    return [
        Side(service, in_flight, Asked.again(get_request(path), _is_complete(size)))
        for path, size in zip(paths, sizes, strict=True)
    ]


def _is_complete(size: int) -> Callable[[bytes], bool]:
    totals = b'"totals":{"count":%d,' % size
    return lambda answer: answer.count(b'"rank":') == LIMIT and totals in answer


async def _length(service: Service, path: str) -> int:
    async with connections(service.url, 1) as (connection,):
        return len(await connection.ask(get_request(path)))


def _thirds(side: Side) -> list[Requests]:
    return [_requests(part, side) for part in thirds(side.slices)]


def _all(side: Side) -> Requests:
    return _requests(together(side.slices), side)


def _requests(part: Sample, side: Side) -> Requests:
    return Requests(part.done, median(one.read for one in side.units), part.per_second, part.cpu_ms)
