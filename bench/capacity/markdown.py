"""Markdown tables and paragraphs."""

from collections.abc import Iterable, Sequence
from textwrap import fill

_WIDTH = 120


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The first column is text, the others are numbers unless they do not look like any."""
    body = [[_cell(value) for value in row] for row in rows]
    right = [bool(body) and all(_is_number(row[place]) for row in body) for place in range(len(columns))]
    rule = ["---:" if numbers else "---" for numbers in right]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (columns, rule, *body)) + "\n"


def paragraph(*sentences: str) -> str:
    """In lines of a readable length."""
    return _filled(sentences) + "\n"


def item(*sentences: str) -> str:
    """Of a list."""
    text = " ".join(sentences)
    return fill(
        text, _WIDTH, initial_indent="- ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )


def rounded(value: float) -> str:
    """Two digits that mean something, as '1,200', '0.031'."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2g}" if abs(value) < 10 else f"{value:.3g}"


def percent(share: float) -> str:
    """'12.3 %'"""
    return f"{share:.1%}".replace("%", " %")


def _filled(sentences: Sequence[str], first: str = "", further: str = "") -> str:
    text = " ".join(sentences)
    return fill(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=further,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _cell(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "**no**"
        case int():
            return f"{value:,}"
        case float():
            return rounded(value)
    return str(value)


def _is_number(cell: str) -> bool:
    return cell.removesuffix(" %").replace(",", "").replace(".", "").isdigit()
