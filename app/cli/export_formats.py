"""Purchases as lines of a file."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any

COLUMNS = (
    "transactionId",
    "userId",
    "transactionDate",
    "cardId",
    "cardName",
    "merchantName",
    "category",
    "transactionAmount",
    "kickbackAmount",
    "kickbackType",
    "kickbackRate",
    "description",
    "channel",
    "occurredAt",
    "createdAt",
    "reversalId",
    "reason",
)
# What a spreadsheet takes for the beginning of a formula, full-width forms included.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


class Format(StrEnum):
    """What is written."""

    CSV = "csv"
    JSONL = "jsonl"


def csv_header() -> str:
    """The columns' names."""
    return _line(COLUMNS)


def csv_line(item: Mapping[str, Any]) -> str:
    """One purchase or reversal. A text that a spreadsheet would take for a formula gets an apostrophe in front."""
    return _line([guarded(item.get(name)) for name in COLUMNS])


def json_line(item: Mapping[str, Any]) -> str:
    """One purchase, as the API shows it."""
    return json.dumps(item, ensure_ascii=False, separators=(",", ":")) + "\n"


def guarded(value: object) -> object:
    """Numbers stay as they are; nothing is an empty cell."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value


HEADERS: Mapping[Format, Callable[[], str]] = {Format.CSV: csv_header, Format.JSONL: str}
LINES: Mapping[Format, Callable[[Mapping[str, Any]], str]] = {Format.CSV: csv_line, Format.JSONL: json_line}


def _line(cells: Iterable[object]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()
