"""The parts of the READMEs that are made by running them. `python -m tests.docs.readme` writes them anew."""

import asyncio
import json
import os
import re
import sys
from pathlib import Path
from statistics import median

from app.bootstrap import create_app
from app.embedded import default_home, embedded_dynamodb
from app.settings import Environment, Settings
from tests.conftest import sdk_environment
from tests.docs.comparison import comparison_rows
from tests.e2e.service import service

READMES = (Path("README.md"), Path("README.ja.md"))
_ADDRESS = "http://127.0.0.1:8080"
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
_ROUTES = re.compile(r"<!-- routes -->\n.*?(?=\n## )", re.DOTALL)
_BENCH = re.compile(r"<!-- bench -->\n.*\Z", re.DOTALL)
_RESULTS = Path("docs/benchmark.json")
_VIEWS = Path("docs/benchmark-views.json")
_LEDGER = Path("docs/benchmark-ledger.json")
_VARYING = (
    (re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"), "2026-11-22T00:00:00.000000Z"),
    (re.compile(r'"nextCursor":"[^"]+"'), '"nextCursor":"WzEs..."'),
    (re.compile(r'"hash":"[0-9a-f]{64}"'), '"hash":"9f86..."'),
    (re.compile(r"urn:kickbacks:request:[0-9a-f-]+"), "urn:kickbacks:request:01a2..."),
)


def commands_of(text: str) -> list[list[str]]:
    """The commands of each console block, in order."""
    return [re.findall(r"^\$ (.*)$", block, re.MULTILINE) for block in _BLOCK.findall(text)]


async def rendered(text: str, url: str) -> str:
    """The text with every console block's output as it is now, and the table of routes."""
    for block in _BLOCK.findall(text):
        lines = []
        for command in re.findall(r"^\$ (.*)$", block, re.MULTILINE):
            lines += [f"$ {command}", await output_of(command.replace(_ADDRESS, url))]
        text = text.replace(f"```console\n{block}```", "```console\n" + "\n".join(lines) + "\n```")
    text = _ROUTES.sub(lambda _: "<!-- routes -->\n\n" + routes_table(), text)
    return _BENCH.sub(lambda _: "<!-- bench -->\n\n" + bench_table(), text)


async def output_of(command: str) -> str:
    """What the command prints, with fixed texts in place of what differs from run to run."""
    process = await asyncio.create_subprocess_exec(
        "bash", "-c", command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    text = output.decode().replace("\r", "").strip()
    for pattern, fixed in _VARYING:
        text = pattern.sub(fixed, text)
    return text


def routes_table() -> str:
    """Every route with its summary, as openapi.yaml has them."""
    document = create_app(Settings(environment=Environment.LOCAL)).openapi()
    rows = ["| route | |", "|---|---|"]
    for path, operations in document["paths"].items():
        rows += [f"| `{method.upper()} {path}` | {operation['summary']} |" for method, operation in operations.items()]
    return "\n".join(rows) + "\n"


def bench_table() -> str:
    """The committed results of `make bench`: medians."""
    results = json.loads(_RESULTS.read_text("utf-8"))
    rows = [
        "| work (medians) | service, per second | CPU ms | bare DynamoDB Local, per second | service / bare |",
        "|---|---|---|---|---|",
    ]
    for row in results["rows"]:
        service, bare = row["serviceRounds"], row["bareRounds"]
        rows.append(
            f"| {row['work']}, beside {row['bare']} | {_median(service, 'perSecond'):.0f} |"
            f" {_median(service, 'cpuMs'):.1f} | {_median(bare, 'perSecond'):.0f} | {row['ratio']:.0%} |"
        )
    machine = results["machine"]
    about = f"{machine['cpus']} CPUs for service, load and database; Python {machine['python']}."
    return "\n".join([*comparison_rows(), "", *rows, "", *views_rows(), "", *ledger_rows(), "", about]) + "\n"


def views_rows() -> list[str]:
    """The committed results of `make bench` for the views: a ranking's cost while its month grows, and of writing."""
    results = json.loads(_VIEWS.read_text("utf-8"))
    rows = [
        "| top 10 of a month with so many purchases | views: read units | CPU ms | `view=live`: read units | CPU ms |",
        "|---|---|---|---|---|",
    ]
    for part in results["growth"]:
        views, live = part["viewsRounds"], part["liveRounds"]
        rows.append(
            f"| {part['purchases']:,} | {_median(views, 'readUnits'):g} | {_median(views, 'cpuMs'):.1f} |"
            f" {_median(live, 'readUnits'):,g} | {_median(live, 'cpuMs'):,.0f} |"
        )
    units = results["units"]
    rows += ["", "| write units for each purchase, counted at once | facts | all views |", "|---|---|---|"]
    rows += [f"| {one['batch']:,} | {units['facts']:.1f} | {one['puts']:.1f} |" for one in units["batches"]]
    waits = results["freshness"]
    return [
        *rows,
        "",
        f"From the answer of a POST to the first ranking with it: {waits['medianMs']:.0f} ms at the median. Load of the"
        f" second table: {units['load']}.",
    ]


def ledger_rows() -> list[str]:
    """The committed results of `make bench` for the ledger: what its length costs, and what open lots cost."""
    results = json.loads(_LEDGER.read_text("utf-8"))
    few, many = (f"{one['entries']:,} entries" for one in results["growth"][0]["accounts"])
    rows = [
        f"| account with {results['settings']['openLots']} open lots | {few}: units read, written | CPU ms |"
        f" {many}: units read, written | CPU ms | CPU ratio |",
        "|---|---|---|---|---|---|",
    ]
    for part in results["growth"]:
        cells = [
            f"{_median(one['rounds'], 'readUnits'):g}, {_median(one['rounds'], 'writeUnits'):g} |"
            f" {_median(one['rounds'], 'cpuMs'):.1f}"
            for one in part["accounts"]
        ]
        rows.append(f"| {part['work']} | {' | '.join(cells)} | {part['cpuRatio']:.2f} |")
    rows += [
        "",
        "| open lots | purchase: entry bytes | units of the POST | redemption of all: entry bytes | write units |",
        "|---|---|---|---|---|",
    ]
    for one in results["sizes"]:
        earn, use = one["earn"], one["use"]
        rows.append(
            f"| {one['openLots']} | {earn['bytes']:,} | {earn['writeUnits']:g} | {use['bytes']:,} |"
            f" {use['writeUnits']:g} |"
        )
    return rows


def _median(rounds: list[dict[str, float]], name: str) -> float:
    return median(one[name] for one in rounds)


async def load_demo(url: str) -> None:
    """As `make run` and compose do."""
    command = str(Path(sys.executable).parent / "kickbacks")
    process = await asyncio.create_subprocess_exec(
        command, "demo", "--url", url, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    assert await asyncio.wait_for(process.wait(), 60) == 0


async def write() -> None:
    """Each README on a new database."""
    for readme in READMES:
        async with embedded_dynamodb(home=default_home(os.environ), data=None) as endpoint:
            environment = {**sdk_environment(endpoint.url), "ENVIRONMENT": "local"}
            async with service(environment) as one:
                await load_demo(one.url)
                readme.write_text(await rendered(readme.read_text("utf-8"), one.url), "utf-8")


if __name__ == "__main__":
    asyncio.run(write())
