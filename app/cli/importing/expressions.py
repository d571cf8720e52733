"""The little language that says how a field is made from a row's columns.

    merchant                          the column of that name
    col("Amount (USD)")               a column whose name is not a plain word
    "STORE"                           a text
    first + " " + last                texts one behind the other
    amt * 100                         a decimal number times a whole one, exactly; the product must be whole
    number(amount)                    a number as people write it: `¥1,234` is 1234
    upper(category)                   in capitals
    strip_prefix(merchant, "fraud_")  without what stands in front, where it does
    match(category, "*_pos", "STORE", "*_net", "ONLINE")   the text behind the first pattern that fits, else nothing
    hmac(cc_num)                      an id made with the secret key: the same value, the same id, and no way back
    local_time(when)                  a time without a zone becomes an instant in the mapping's zone
    local_time(when, "%d/%m/%Y %H:%M")     ... written another way than `2020-06-21 12:14:25`
    date(day, "%Y/%m/%d")             a date written another way than `2020-06-21`

An empty column is nothing, and whatever is made from nothing is nothing: the field is left out.
The grammar is Python's, the meaning is not: nothing but the above is understood, and nothing is executed.
"""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo

from app.cli.importing import functions

Row = Mapping[str, object]
Expression = Callable[[Row], str | None]


class ExpressionInvalid(ValueError):
    """The expression cannot be understood; the message says why."""


@dataclass(frozen=True, slots=True)
class Context:
    """What expressions may need besides the row."""

    zone: tzinfo | None = None
    hash_key: bytes | None = None


def parse_expression(text: str, context: Context) -> tuple[Expression, frozenset[str]]:
    """The expression and the columns it reads. It raises RowInvalid for a row that it cannot be worked out for.

    Raises ExpressionInvalid.
    """
    compiler = _Compiler(context, set())
    if text.isidentifier():  # as it stands: Python would fold half-width and full-width letters
        return compiler.column(text), frozenset(compiler.columns)
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError):
        raise ExpressionInvalid(f"cannot be understood: {text}") from None
    return compiler.expression(tree), frozenset(compiler.columns)


def column(name: str) -> Expression:
    """The value of one column, nothing where the row does not have it."""
    return lambda row: functions.text_of(row.get(name))


def constant(text: str) -> Expression:
    """The same for every row."""
    return lambda _: text


@dataclass(frozen=True, slots=True)
class _Compiler:
    context: Context
    columns: set[str]

    def column(self, name: str) -> Expression:
        self.columns.add(name)
        return column(name)

    def expression(self, node: ast.expr) -> Expression:
        match node:
            case ast.Name(id=name):
                return self.column(name)
            case ast.Constant(value=str(text)):
                return constant(text)
            case ast.BinOp(left=left, op=ast.Mult(), right=ast.Constant(value=int(factor))):
                return _applied(lambda value: functions.times(value, factor), self.expression(left))
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return _joined(self.expression(left), self.expression(right))
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self._call(name, arguments)
        raise ExpressionInvalid(f"cannot be understood: {ast.unparse(node)}")

    def _call(self, name: str, arguments: list[ast.expr]) -> Expression:
        match name, arguments:
            case "col", [ast.Constant(value=str(text))]:
                return self.column(text)
            case "hmac", [_, *_]:
                return self._hmac([self.expression(argument) for argument in arguments])
            case (("upper" | "number" | "strip_prefix" | "match" | "local_time" | "date"), [value, *rest]):
                return _applied(self._function(name, [_literal(node) for node in rest]), self.expression(value))
        raise ExpressionInvalid(f"there is no {name} with {len(arguments)} arguments")

    def _function(self, name: str, texts: list[str]) -> Callable[[str], str | None]:
        match name, texts:
            case "upper", []:
                return str.upper
            case "number", []:
                return functions.number
            case "strip_prefix", [prefix]:
                return lambda value: value.removeprefix(prefix)
            case "match", [_, _, *_] if len(texts) % 2 == 0:
                pairs = list(zip(texts[::2], texts[1::2], strict=True))
                return lambda value: functions.matched(value, pairs)
            case "date", [form]:
                return lambda value: functions.date_text(value, form)
            case "local_time", [] | [_]:
                return self._local_time(texts[0] if texts else None)
        raise ExpressionInvalid(f"{name} does not take {len(texts)} texts behind its first argument")

    def _local_time(self, form: str | None) -> Callable[[str], str]:
        zone = self.context.zone
        if zone is None:
            raise ExpressionInvalid("local_time needs a time zone: --timezone, or `timezone` in the mapping file")
        return lambda value: functions.instant_text(value, form, zone)

    def _hmac(self, values: list[Expression]) -> Expression:
        key = self.context.hash_key
        if not key:
            raise ExpressionInvalid("hmac needs a secret key: set KICKBACKS_HASH_KEY, or --hash-key")

        def hashed(row: Row) -> str | None:
            texts = [value(row) for value in values]
            return None if None in texts else functions.keyed_hash([text or "" for text in texts], key)

        return hashed


def _literal(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise ExpressionInvalid(f"must be a text in quotes: {ast.unparse(node)}")


def _applied(function: Callable[[str], str | None], inner: Expression) -> Expression:
    def value(row: Row) -> str | None:
        text = inner(row)
        return None if text is None else function(text)

    return value


def _joined(left: Expression, right: Expression) -> Expression:
    def value(row: Row) -> str | None:
        first, second = left(row), right(row)
        return None if first is None or second is None else first + second

    return value
