"""A bar chart of a document: CPU for each request, grouped by work, as SVG that suits light and dark pages."""

from xml.sax.saxutils import escape

from bench.compare.document import CPU, Document, SideRounds

# Of middling brightness, so that they stand out on white as on black; the service's is the strongest.
_SIDES = {
    "service": ("this service", "#d9480f"),
    "floor": ("bare floor", "#868e96"),
    "aiodynamo": ("aiodynamo", "#1c7ed6"),
    "resource": ("aioboto3 resource", "#2b8a3e"),
    "threads": ("boto3 in threads", "#9c36b5"),
}
_WIDTH, _LEFT, _RIGHT = 760, 170, 90
_TOP, _BAR, _GAP, _FOOT = 84, 15, 16, 50
_STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#57606a}.title{font-size:15px;font-weight:600}.axis{stroke:#8b949e}"
    "@media(prefers-color-scheme:dark){text{fill:#b1bac4}}"
)


def chart(document: Document) -> str:
    """Of the canned database. Raises ValueError when it was not measured, or no CPU time could be read."""
    canned = [part for part in document.databases if part.against == "canned"]
    if not canned:
        raise ValueError("nothing was measured on the canned database")
    works = canned[0].works
    longest = max(_cpu(side) for work in works for side in work.sides)
    parts, y = [], _TOP
    for work in works:
        parts.append(_text(_LEFT - 10, y + _BAR * len(work.sides) / 2 + 4, work.title, anchor="end"))
        for side in work.sides:
            parts.append(_bar(side, y, longest))
            y += _BAR
        y += _GAP
    parts.insert(0, f'<line class="axis" x1="{_LEFT}" x2="{_LEFT}" y1="{_TOP - 6}" y2="{y - _GAP + 6}"/>')
    parts += [_text(20, y + 12 + 17 * place, line) for place, line in enumerate(_about(document))]
    title = "CPU time of the server for each request, in milliseconds (shorter is better)"
    heading = _text(20, 26, title, css="title") + "\n" + _legend([side.side for side in works[0].sides])
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {y + _FOOT}" role="img">',
            f"<title>{escape(title)}</title>",
            f"<style>{_STYLE}</style>",
            heading,
            *parts,
            "</svg>\n",
        ]
    )


def _bar(side: SideRounds, y: float, longest: float) -> str:
    value = _cpu(side)
    width = (_WIDTH - _LEFT - _RIGHT) * value / longest
    shape = f'<rect x="{_LEFT}" y="{y}" width="{width:.1f}" height="{_BAR - 3}" fill="{_SIDES[side.side][1]}"/>'
    return shape + _text(_LEFT + width + 6, y + _BAR - 4, f"{value:.2f}")


def _legend(sides: list[str]) -> str:
    parts = []
    for place, side in enumerate(sides):
        x, (label, color) = 20 + 146 * place, _SIDES[side]
        parts.append(f'<rect x="{x}" y="44" width="12" height="12" fill="{color}"/>{_text(x + 18, 55, label)}')
    return "\n".join(parts)


def _about(document: Document) -> list[str]:
    machine, settings = document.machine, document.settings
    pinned = "kept to one core" if machine["pinned"] else "not kept to a core"
    processor = f", {machine['processor']}" if machine.get("processor") else ""
    return [
        f"One worker, {pinned}; DynamoDB answered from memory; medians of {settings['rounds']} rounds.",
        f"Python {machine['python']}, {machine['cpus']} CPUs{processor}.",
    ]


def _cpu(side: SideRounds) -> float:
    value = side.median(CPU)
    if value is None:
        raise ValueError("no CPU time was read")
    return value


def _text(x: float, y: float, text: str, *, anchor: str = "start", css: str = "") -> str:
    named = f' class="{css}"' if css else ""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}"{named}>{escape(text)}</text>'
