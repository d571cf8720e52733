"""The tables of a document."""

from rich import box
from rich.table import Table

from bench.compare.document import DatabasePart, Document, SideRounds

_DATABASES = {
    "canned": "DynamoDB answered at once from memory: what the servers themselves cost",
    "local": "The real DynamoDB Local, which is slower than the servers",
}


def tables(document: Document) -> list[Table]:
    """For each database every side's figures, and then how they compare."""
    made = []
    for part in document.databases:
        made += [_figures(part, _about(document)), _ratios(part)]
    return made


def _about(document: Document) -> str:
    machine, settings = document.machine, document.settings
    kept = "the server on a core of its own" if machine["pinned"] else "the server NOT kept to a core"
    return (
        f"{settings['rounds']} rounds of {settings['seconds']:g} s, sides in turn: medians. {settings['inFlight']} "
        f"requests under way, one worker, {kept}; {machine['cpus']} CPUs. CPU, p50, p99: milliseconds of a request. "
        "RCU, WCU: its capacity units, as the service tells. Calls: of DynamoDB."
    )


def _figures(part: DatabasePart, about: str) -> Table:
    table = Table(title=_DATABASES[part.against], caption=about, box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("work", no_wrap=True)
    for column in ("per s", "CPU", "p50", "p99", "bytes", "RCU", "WCU", "calls"):
        table.add_column(column, justify="right", no_wrap=True)
    for work in part.works:
        table.add_row(work.title)
        for side in work.sides:
            table.add_row(f"  {side.side}", *_cells(side))
    return table


def _cells(side: SideRounds) -> list[str]:
    names = ("per_second", "cpu_ms", "p50_ms", "p99_ms", "body_bytes", "read_units", "write_units")
    return [*(figure(side.median(name)) for name in names), figure(side.calls())]


def figure(value: float | None) -> str:
    """Three digits or all before the point; nothing where it is not known."""
    if value is None:
        return ""
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def _ratios(part: DatabasePart) -> Table:
    table = Table(title="CPU for each request, compared round by round", box=box.SIMPLE_HEAD)
    table.add_column("work", no_wrap=True)
    names = list(dict.fromkeys(name for work in part.works for name in work.ratios))
    for name in names:
        table.add_column(name.replace("/", "\n/"), justify="right")
    for work in part.works:
        table.add_row(work.title, *(figure(work.ratios.get(name)) for name in names))
    return table
