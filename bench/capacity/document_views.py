"""The parts of the document about the stream, the views, and a month."""

from app.settings import Settings
from bench.capacity.computed import FEW_LINES, WAITS, Capacity
from bench.capacity.items import TABLE
from bench.capacity.markdown import item, paragraph, percent, table
from bench.capacity.projecting import hot_category, most_lines
from bench.capacity.view_items import category_row

POLL_SECONDS: float = Settings.model_fields["stream_poll_seconds"].default

_CHANGES = (
    (
        "*The state of the views as one small item.* The projector knows the oldest watermark; if it put that into",
        "the item that names the generation, readers would read one item instead of every line's.",
    ),
    (
        "*Totals of categories without marks for readers*, as rankings have them: in ScoreIndex, which leaves marks",
        "out, at the price of one more write for each batch.",
    ),
    (
        "*Folding over all lines that a worker has, before it saves.* A row would be written once for each worker",
        "instead of once for each line. Marks stay right: one save carries those of several lines.",
    ),
    (
        "*Rows of the journal and of categories by group of lines*, added up when they are read: each group has its",
        "own marks and writers. Leaderboards cannot be split so, because a ranking needs one number for each member.",
    ),
    (
        "*Fewer lines*: older purchases out of the table (the seed keeps three months where they are hot), so that",
        "storage stops adding partitions.",
    ),
)


def view_parts(found: Capacity) -> list[str]:
    """In order."""
    return [*_stream(found), *_lines(found), *_hot_rows(found), *_shared(found), *_changes(), *_month(found)]


def _stream(found: Capacity) -> list[str]:
    records = sum(one.where == TABLE for one in found.stored)
    each = sum(one.item_bytes for one in found.stored if one.where == TABLE)
    writes, lines = found.inputs.headline.writes, found.lines
    return [
        "## Stream\n",
        paragraph(
            f"{records} records for each purchase: {records * writes:,} a second, {each * writes / 10**6:.0f} MB a",
            f"second, over {lines} open shards {records * writes / lines:.0f} records and",
            f"{each * writes / lines / 1000:.0f} KB a second each: far from what a shard gives. Behind AWS Lambda",
            f"(one event of a shard at a time) that is one function at work for each shard: {lines} at once, and with",
            "the table's age as many more.",
        ),
    ]


def _lines(found: Capacity) -> list[str]:
    rows = [
        (
            one.lines,
            one.months if one.months is not None else "-",
            *(f"{at.rows:.1f}; {at.units:,.0f}" for at in one.counting),
            round(one.slowest.bytes / 1024, 1),
            one.slowest.seconds,
        )
        for one in found.by_lines
    ]
    columns = (
        "lines",
        "months",
        *(f"rows; units a purchase, {wait:g} s collected" for wait in WAITS),
        "largest hot row, KB",
        "seconds needed",
    )
    rules = found.inputs.rules
    return [
        "## Views, by the number of lines\n",
        paragraph(
            "A purchase that earns counts in thirteen rows (decisions 8 and 12). A batch of one line saves each row",
            f"once. More lines mean smaller batches and larger rows: a mark of {category_row().mark} bytes for each",
            "line that has counted in it. Rows and units of one line are within a tenth of the measured ones",
            "(`benchmark-views.json`); a test holds that. *Seconds needed*: what has to be collected of each line",
            f"before it is counted, so that the slowest row keeps up with its partition ({rules.partition_writes:,}",
            "write units) and its writers (one at a time); views are at least that late.",
        ),
        table(columns, rows),
        paragraph(
            f"From {most_lines(found.inputs):,} lines on, a row that all lines count in is larger than an item may",
            "be: it is parked, and the view wrong until a rebuild.",
        ),
    ]


def _hot_rows(found: Capacity) -> list[str]:
    rows = [
        (one.name, percent(one.share), round(one.bytes), one.units, round(one.writes), one.seconds)
        for one in found.hot_rows
    ]
    wait, lines = found.inputs.assumed.batch_seconds, found.lines
    peak, mean = found.inputs.headline.writes, found.inputs.headline.mean_writes
    cases = ((FEW_LINES[-1], peak, "peak"), (lines, peak, "peak"), (lines, mean, "mean"))
    by_wait = [
        (f"{one:g}", *(x for count, rate, _ in cases for x in _category(found, count, one, rate)))
        for one in (POLL_SECONDS, *WAITS)
    ]
    return [
        f"The hottest row of each kind with {lines} lines, each counted every {wait:g} s. None of them can",
        "be sharded:\n",
        table(("row", "share", "bytes", "units a write", "writes/s wanted", "seconds needed"), rows),
        paragraph(
            "Purchases without `occurredAt` are all booked in the first second of their day: one row for each of",
            f"{found.inputs.crowd.view_shards} shards takes all of them.",
        ),
        paragraph(
            "`CATEGORIES#` rows are single items, written once for each batch of each line. The hottest category's",
            "month, by how long is collected (a poller that finds something asks again at once, and after",
            f"{POLL_SECONDS:g} s where it found nothing), against {found.inputs.rules.partition_writes:,} units a",
            "second:",
        ),
        table(
            (
                "seconds collected",
                *(f"{count} lines, {when}: {what}/s" for count, _, when in cases for what in ("writes", "units")),
            ),
            by_wait,
        ),
    ]


def _category(found: Capacity, lines: int, wait: float, rate: float) -> tuple[int, int]:
    row = hot_category(found.inputs, lines, wait, rate)
    return round(row.writes), round(row.writes * row.units)


def _shared(found: Capacity) -> list[str]:
    rows = [
        (
            one.shared.lines,
            one.shared.state_bytes,
            one.shared.state_units,
            one.shared.processes,
            round(one.shared.saves),
            one.shared.category_units,
            one.shared.category_processes,
        )
        for one in found.by_lines
    ]
    columns = (
        "lines",
        "state, bytes",
        "read units",
        "processes at most",
        "its writes/s",
        "categories: read units",
        "its processes",
    )
    rules = found.inputs.rules
    return [
        "## What everybody reads of the views\n",
        paragraph(
            "`{n}#CONTROL` says how far each stream shard is counted: every process reads all of it up to twice a",
            "second, and every line writes it. `{n}#CATEGORIES#{period}`, with its marks, is read as often by each",
            "process that is asked for rankings of that period, however many they are. Each is one partition:",
            f"{rules.partition_reads:,} read and {rules.partition_writes:,} write units a second.",
        ),
        table(columns, rows),
    ]


def _changes() -> list[str]:
    return [
        "## What would have to change\n",
        "None of this is built. In the order of what it brings for what it costs:\n",
        "\n".join(item(*sentences) for sentences in _CHANGES) + "\n",
    ]


def _month(found: Capacity) -> list[str]:
    rows = [
        (f"{wait:g} s collected of each line", one.fact_writes, one.view_writes, one.reads, round(one.gigabytes))
        for wait, one in zip(WAITS, found.months, strict=True)
    ]
    columns = ("", "write units, facts", "write units, views", "read units", "GB more")
    return [
        "## A month\n",
        paragraph(
            f"{found.inputs.headline.purchases_a_month:,} purchases at the mean rate over {found.lines} lines, and",
            "reads in the same proportion to them as at the peak. Billions of units, facts only in GB; multiply by",
            "your region's price of the day.",
        ),
        table(columns, rows),
    ]
