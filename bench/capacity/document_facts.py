"""The parts of the document about requests, facts, and where their writes throttle."""

from bench.capacity.computed import Capacity
from bench.capacity.facts import gigabytes, partitions
from bench.capacity.hot_keys import one_user
from bench.capacity.markdown import paragraph, percent, table
from bench.capacity.measured import machine
from bench.capacity.throttling import RATES


def facts_parts(found: Capacity) -> list[str]:
    """In order."""
    return [*_operations(found), *_places(found), *_ages(found), *_hot_keys(found), *_simulation(found)]


def _operations(found: Capacity) -> list[str]:
    rows = [
        (
            one.what,
            round(one.rate),
            one.calls,
            one.read_units,
            one.write_units,
            round(one.rate * one.read_units),
            round(one.rate * one.write_units),
            one.cpu.milliseconds,
            one.cores,
            one.cpu.source,
        )
        for one in found.operations
    ]
    columns = ("operation", "a second", "calls", *_UNITS, "CPU ms", "cores", "CPU is from")
    tasks, headroom = found.tasks, found.inputs.assumed.headroom
    return [
        "## Operations\n",
        paragraph(
            f"Calls and units are those of [budgets.md](budgets.md), with ids as long as real ones and {found.lines}",
            f"lines of stream shards. CPU is measured ({machine()}), in rounds that shared that machine with the load",
            "and the database: a core of it is not a vCPU of Fargate.",
        ),
        table(columns, rows),
        paragraph(
            f"Tasks of one vCPU with one worker each, at {headroom:.0%} of their CPU: **{tasks.service:,}** for the",
            f"service, and {tasks.projector:,} for projectors ({found.row_cpu.milliseconds:.2g} ms a row by",
            f"{found.row_cpu.source}; one second of each line at a time).",
        ),
    ]


_UNITS = ("read units", "write units", "read units/s", "write units/s")


def _places(found: Capacity) -> list[str]:
    items = [(one.what, one.where, one.item_bytes, one.units, one.spread_by) for one in found.stored]
    where = [
        (
            one.where,
            round(one.units),
            round(one.reads),
            "yes" if one.over_quota else "no",
            one.partitions,
            one.bytes_each,
        )
        for one in found.places
    ]
    overhead = found.inputs.rules.item_overhead
    return [
        "## What a purchase writes\n",
        table(("item", "where", "bytes", "write units", "partition chosen by"), items),
        paragraph(
            "The copy in DueIndex is only written for the first lot of an account and day; it is counted here",
            f"always. At the peak, each place with a throughput of its own; storage has {overhead} bytes more for",
            "each item:",
        ),
        table(("where", "write units/s", "read units/s", "over quota", "partitions", "bytes a purchase"), where),
    ]


def _ages(found: Capacity) -> list[str]:
    ages = found.inputs.assumed.months
    rows = [
        (
            months,
            *(round(gigabytes(place.bytes_each, months, found.inputs)) for place in found.places),
            partitions(found.places[0], months, found.inputs),
        )
        for months in ages
    ]
    return [
        paragraph(
            "By age, in GB, with nothing removed (`RETENTION_DAYS` removes purchases, never entries or guards). Each",
            "partition of the table has an open shard in its stream, which is a line for the views (observed by",
            "many; AWS only says that shards follow partitions):",
        ),
        table(("months", *(one.where for one in found.places), "partitions = lines"), rows),
    ]


def _hot_keys(found: Capacity) -> list[str]:
    rows = [
        (
            one.where,
            one.key,
            percent(one.share),
            one.units,
            one.shards if one.shardable else "1, fixed",
            one.needed,
            round(one.limit),
            one.holds(found.inputs),
        )
        for one in found.hot_keys
    ]
    columns = ("where", "key", "share", "units", "shards by default", "shards needed", "limit, purchases/s", "holds")
    return [
        "## Keys that many purchases share\n",
        paragraph(
            "The limit is the rate of all purchases at which one shard is at its partition's limit; what is needed",
            "leaves the head room.",
        ),
        table(columns, rows),
        paragraph(
            "A single user, an import for example, is at the limit of the `USER#` partition with",
            f"{one_user(found.inputs):.0f} purchases a second: a batch may try more, is throttled, and says 503 for",
            "the lines that should be sent again.",
        ),
        paragraph(
            "`CATEGORIES#{month}`, the register, is one partition. Each process writes each category once a month,",
            f"all of them in the month's first seconds: {found.tasks.service * found.inputs.crowd.categories:,}",
            "writes by as many tasks as above. Bursts (five minutes of what was not used) take that; where DynamoDB",
            "grants none, purchases are answered with 503 for that moment.",
        ),
    ]


def _simulation(found: Capacity) -> list[str]:
    rows = [
        (
            one.name,
            one.shards,
            round(one.limit),
            round(one.begins),
            *(percent(share) for share in one.throttled),
        )
        for one in found.throttling
    ]
    crowd = found.inputs.crowd
    columns = ("hottest key", "shards", "computed limit", "begins at", *(f"refused at {rate:,}/s" for rate in RATES))
    return [
        "## Simulation\n",
        paragraph(
            "A token bucket for each partition, keys drawn by their shares, two seconds, the same seed always; no",
            f"bursts kept, no second tries. Of categories the hottest has {crowd.hottest_category:.0%}; cards and",
            "users are Zipf's (see Inputs); all points of a day expire in one month. *Begins at*: all purchases a",
            "second at which the first of the hottest key's is refused, to a twentieth. Over many shards that is",
            "below the computed limit, because no hash gives every shard the same in every second; `skew`'s head",
            "room is more than that.",
        ),
        table(columns, rows),
        paragraph(
            "`kickbacks skew` recommends the power of two with which each shard stays below half of its partition;",
            "the simulation begins to refuse at 1.6 to 4.2 times the rate for which that was recommended, and a test",
            "holds the two together. `skew` looks at categories and cards only: `DUE#` and `RANK#` above, and all",
            "that follows, are not in it.",
        ),
    ]
