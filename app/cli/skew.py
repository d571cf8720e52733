"""`kickbacks skew`: which categories and cards take how much, and which of them need more shards."""

import asyncio
import json
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table

from app.bootstrap.skew import open_skew
from app.cli.output import fail, out
from app.domain.periods import Period, business_date, parse_month
from app.maintenance.skew import Assumptions, spread
from app.maintenance.skew_report import NoViews, SkewReport, SkewRow, skew_report
from app.ports.errors import StoreError
from app.settings import Settings

_DEFAULTS = Assumptions()


def skew(
    month: Annotated[str | None, typer.Option(help="YYYY-MM; without it the current one")] = None,
    top: Annotated[int, typer.Option(min=1, max=1_000, help="So many categories, and so many cards")] = 20,
    peak_factor: Annotated[
        float, typer.Option(min=1, help="How many times the month's mean the busiest second is")
    ] = _DEFAULTS.peak_factor,
    purchase_units: Annotated[
        float, typer.Option(min=1, max=8, help="Write units a purchase takes of its shard: 1 a kilobyte")
    ] = _DEFAULTS.purchase_units,
    partition_units: Annotated[
        float, typer.Option(min=1, help="Write units a second that a partition takes")
    ] = _DEFAULTS.partition_units,
    exact: Annotated[
        bool, typer.Option("--exact", help="Count each shard of the keys shown: reads all of their purchases")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
) -> None:
    """Say which categories and cards need more shards. Raise them with CATEGORY_SHARDS_OF and CARD_SHARDS_OF.

    What was recorded in a rush, like an import, is not seen: a month's number of purchases is spread over its time.
    """
    settings = Settings()
    assumed = Assumptions(peak_factor, purchase_units, partition_units)
    try:
        report = asyncio.run(_report(settings, month, assumed, top=top, exact=exact))
    except NoViews:
        fail("There are no views yet. They are made where the projector runs: kickbacks serve or kickbacks worker.")
    except StoreError as error:
        fail(f"The tables cannot be read: {error}")
    if as_json:
        print(json.dumps(_document(report, assumed), ensure_ascii=False, indent=2))
    else:
        out.print(_table(report, assumed))


async def _report(settings: Settings, month: str | None, assumed: Assumptions, *, top: int, exact: bool) -> SkewReport:
    async with open_skew(settings) as source:
        period = _period(month or business_date(source.now(), source.zone).strftime("%Y-%m"))
        return await skew_report(period, assumed, top=top, exact=exact, source=source)


def _period(month: str) -> Period:
    try:
        return parse_month(month)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--month") from None


def _table(report: SkewReport, assumed: Assumptions) -> Table:
    table = Table(
        title=f"Purchases of {report.month} by key",
        caption=(
            f"Write units a second of one shard, were the busiest second {assumed.peak_factor:g} times the mean of "
            f"the {report.seconds / 86_400:.1f} days so far and each purchase {assumed.purchase_units:g} units. A "
            f"partition takes {assumed.partition_units:g}; a shard should stay below half of that."
        ),
        box=box.SIMPLE_HEAD,
    )
    table.add_column("key")
    for column in ("purchases", "share", "shards", "units/s"):
        table.add_column(column, justify="right")
    table.add_column("advice")
    if any(row.sizes is not None for row in report.rows):
        table.add_column("fullest/mean", justify="right")
    for row in report.rows:
        table.add_row(*_cells(row))
    return table


def _cells(row: SkewRow) -> list[str]:
    load = row.skew.load
    cells = [
        f"{load.timeline.subject.value.lower()} {load.timeline.key}",
        f"{load.purchases:,}",
        f"{row.skew.share:.1%}",
        str(load.shards),
        f"{row.skew.shard_units:.2f}",
        row.skew.advice,
    ]
    if row.sizes is not None:
        uneven = spread(row.sizes)
        cells.append("" if uneven is None else f"{uneven:.2f}")
    return cells


def _document(report: SkewReport, assumed: Assumptions) -> dict[str, Any]:
    return {
        "month": report.month,
        "seconds": report.seconds,
        "assumptions": {
            "peakFactor": assumed.peak_factor,
            "purchaseUnits": assumed.purchase_units,
            "partitionUnits": assumed.partition_units,
        },
        "keys": [_key_document(row) for row in report.rows],
    }


def _key_document(row: SkewRow) -> dict[str, Any]:
    load = row.skew.load
    document: dict[str, Any] = {
        "subject": load.timeline.subject.value,
        "key": load.timeline.key,
        "purchases": load.purchases,
        "share": row.skew.share,
        "shards": load.shards,
        "unitsPerSecondOfAShard": row.skew.shard_units,
        "raiseTo": row.skew.raise_to,
        "advice": row.skew.advice,
    }
    if row.sizes is not None:
        document |= {"shardSizes": list(row.sizes), "spread": spread(row.sizes)}
    return document
