"""docs/capacity.md as it is computed. `python -m bench.capacity` prints it."""

from bench.capacity.computed import Capacity, computed
from bench.capacity.document_facts import facts_parts
from bench.capacity.document_inputs import input_parts
from bench.capacity.document_views import view_parts
from bench.capacity.inputs import Inputs
from bench.capacity.items import TABLE
from bench.capacity.markdown import item

_HEAD = """# Capacity

What the headline needs: {writes:,} purchases written and {reads:,} reads a second (10,000 TPS, 50,000 RPS), {month:,}
purchases a month (10億件/月), {users:,} users (1,000万ユーザー). Everything here is computed by `bench/capacity`
from the service's own codecs, the committed benchmarks and the inputs listed below;
`python -m bench.capacity > docs/capacity.md` writes it anew, and a test fails when it is stale. **Nothing here was
measured on AWS.** DynamoDB Local has no partitions, no throttling and no quotas; what is said of those applies AWS's
published rules.

The two halves of the headline differ: {month:,} a month are {mean:.0f} a second on average, so that the peak is
{times:.0f} times the mean. Throughput is computed for the peak, storage and a month's units for the month.

## The answer
"""

_TAIL = """## Not modelled

Adaptive capacity and splitting for heat (DynamoDB moves capacity to hot partitions, and splits a key with many items:
what is said here is the bound without them); bursts of up to five minutes of unused capacity (an option of the
simulation, off here); clients and projectors that try again; several keys on one partition; a network; Lambda; backups
and replicas.
"""


def capacity_markdown() -> str:
    """The whole document."""
    found = computed(Inputs())
    parts = [_head(found), *_answer(found), *facts_parts(found), *view_parts(found), *input_parts(found.inputs), _TAIL]
    return "\n".join(parts)


def _head(found: Capacity) -> str:
    headline = found.inputs.headline
    return _HEAD.format(
        writes=headline.writes,
        reads=headline.reads,
        month=headline.purchases_a_month,
        users=headline.users,
        mean=headline.mean_writes,
        times=headline.writes / headline.mean_writes,
    )


def _answer(found: Capacity) -> list[str]:
    return [item(*_facts(found)), item(*_views(found)), item(*_few_lines(found)), item(*_HISTORY), ""]


_HISTORY = ("**History and balances never touch the views** and hold whatever those do.",)


def _facts(found: Capacity) -> list[str]:
    category = next(one for one in found.hot_keys if one.where == "CategoryIndex")
    place, quota = found.places[0], found.inputs.rules.table_quota
    raised = [f"{one.where} {one.needed}" for one in found.hot_keys if one.needed > one.shards]
    return [
        f"**Facts hold the headline** (purchases and ledger): {sum(one.units for one in found.places):,.0f} write",
        f"units a second, {place.units:,.0f} of them in the table, and {place.reads:,.0f} read units a second, on at",
        f"least {place.partitions} partitions. The quota of {quota:,} has to be raised. With {category.shards} shards",
        f"the hottest category, with {category.share:.0%} of all traffic, is good for {category.limit:,.0f} purchases",
        f"a second. For head room these shard counts should be raised before the peak comes: {', '.join(raised)}.",
    ]


def _views(found: Capacity) -> list[str]:
    here = next(one for one in found.by_lines if one.lines == found.lines)
    return [
        "**Views do not, as they are.** Every view row keeps a mark for each line of stream shards that is counted",
        f"in it, and the stream has a line for each partition of the table: {found.lines} for the headline. Two",
        "things grow with that number and are at their limit long before the facts are: rows that every line writes",
        f"(the slowest is a {here.slowest.name}: {here.slowest.seconds:.1f} s of each line have to be collected",
        "before they are counted), and the items that say how far the views are, which every process reads (enough for",
        f"{here.shared.processes} processes of {found.tasks.service:,}). The categories' totals of a month grow too; a",
        f"process reads them once for all rankings of half a second (enough for {here.shared.category_processes:,}",
        f"processes). Counting then costs {here.counting[0].units:.0f} write units a purchase, beside",
        f"{found.operations[0].write_units:.0f} of the facts.",
        'See "What would have to change".',
    ]


def _few_lines(found: Capacity) -> list[str]:
    few, rules = found.by_lines[2], found.inputs.rules
    full = rules.partition_bytes * found.inputs.assumed.partitions_full
    writes = few.lines * rules.partition_writes / sum(one.units for one in found.stored if one.where == TABLE)
    return [
        f"**Where views do hold:** with {few.lines} lines, that is a table of at most {few.lines * full / 10**9:.0f}",
        f"GB and {writes:,.0f} purchases a second, rows are written in time ({few.slowest.seconds:.1g} s), for",
        f"{few.shared.processes} processes, all with nothing to spare.",
    ]
