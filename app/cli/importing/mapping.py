"""From a row of the file to the body of POST /transactions.

A mapping file is TOML (or JSON of the same shape); the command line's `--map`, `--set`, `--timezone` and `--encoding`
add to it and win over it:

    timezone = "Asia/Tokyo"        # for local_time
    encoding = "cp932"             # default utf-8

    [map]                          # field = expression over the file's columns, see expressions.py
    transactionId = "trans_num"
    transactionAmount = "amt * 100"

    [set]                          # field = the same text for every row
    kickbackType = "POINT"

Without any `map`, columns that have the name of a field are taken, and others are left out.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.api.transaction_body import TransactionBody
from app.cli.importing.expressions import (
    Context,
    Expression,
    ExpressionInvalid,
    Row,
    column,
    constant,
    parse_expression,
)
from app.cli.importing.functions import RowInvalid
from app.domain.card_numbers import has_card_number

FIELDS = tuple(field.alias or name for name, field in TransactionBody.model_fields.items())
AMOUNTS = frozenset({"transactionAmount", "kickbackAmount"})
_MAX_AMOUNT_DIGITS = 18


class MappingInvalid(ValueError):
    """The mapping cannot be used; the message says why."""


class MappingFile(BaseModel):
    """The mapping file as it is written."""

    model_config = ConfigDict(extra="forbid", strict=True)

    timezone: str | None = None
    encoding: str | None = None
    map: dict[str, str] = Field(default_factory=dict)
    set: dict[str, str] = Field(default_factory=dict)


def read_mapping(path: Path) -> MappingFile:
    """Raises MappingInvalid."""
    try:
        content = path.read_bytes().decode("utf-8-sig")
        parsed = json.loads(content) if path.suffix == ".json" else tomllib.loads(content)
        return MappingFile.model_validate(parsed)
    except OSError as error:
        raise MappingInvalid(f"{path}: {error.strerror}") from None
    except ValidationError as error:
        found = error.errors()[0]
        raise MappingInvalid(f"{path}: {'.'.join(map(str, found['loc']))}: {found['msg']}") from None
    except ValueError as error:
        raise MappingInvalid(f"{path}: {error}") from None


@dataclass(frozen=True, slots=True)
class Converter:
    """Makes bodies from rows; `columns` must be in a CSV's header.

    `fingerprint` differs when another mapping or key would make other bodies.
    """

    fields: Mapping[str, Expression]
    columns: frozenset[str]
    fingerprint: str

    def body(self, row: Row, number: int) -> bytes:
        """JSON with a transactionId: one made of the row's number and content where the row has none.

        Raises RowInvalid.
        """
        fields: dict[str, Any] = {}
        for name, expression in self.fields.items():
            value = _value(name, expression, row)
            if value is not None:
                fields[name] = value
        if "transactionId" not in fields:
            content = json.dumps(fields, sort_keys=True)
            fields["transactionId"] = "row-" + hashlib.sha256(f"{number}:{content}".encode()).hexdigest()[:32]
        try:
            return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
        except UnicodeEncodeError:
            raise RowInvalid("not Unicode text") from None


def build_converter(mapping: MappingFile, context: Context) -> Converter:
    """Raises MappingInvalid."""
    fields: dict[str, Expression] = {}
    columns: set[str] = set()
    if not mapping.map:
        fields = {name: column(name) for name in FIELDS}
    for name, text in mapping.map.items():
        try:
            fields[_known(name)], read = parse_expression(text, context)
        except ExpressionInvalid as error:
            raise MappingInvalid(f"{name}: {error}") from None
        columns |= read
    for name, text in mapping.set.items():
        fields[_known(name)] = constant(text)
    described = json.dumps([mapping.model_dump(), hashlib.sha256(context.hash_key or b"").hexdigest()])
    return Converter(fields, frozenset(columns), hashlib.sha256(described.encode()).hexdigest())


def _known(name: str) -> str:
    if name not in FIELDS:
        raise MappingInvalid(f"there is no field {name}; fields are {', '.join(FIELDS)}")
    return name


def _value(name: str, expression: Expression, row: Row) -> str | int | None:
    try:
        text = expression(row)
    except RowInvalid as error:
        raise RowInvalid(f"{name}: {error}") from None
    if text is None:
        return None
    if has_card_number(text):
        raise RowInvalid(f"{name}: a card number is never sent; use hmac")
    digits = text.strip()
    if name in AMOUNTS and digits.isascii() and digits.isdigit() and len(digits) <= _MAX_AMOUNT_DIGITS:
        return int(digits)
    return text
