"""No float touches money, and nothing that was written is changed: held by reading the code."""

import ast
from collections.abc import Iterator

import pytest

from tests.sources import sources

# Seconds and capacity units are not money.
FLOATS_ALLOWED = {
    "app/store/wire.py": "capacity units, as DynamoDB counts them",
    "app/store/limits.py": "capacity units",
    "app/store/client.py": "seconds",
    "app/store/direct.py": "seconds",
    "app/store/hedging.py": "seconds",
    "app/store/http_session.py": "seconds",
    "app/store/retries.py": "seconds",
    "app/store/signing.py": "seconds",
    "app/store/health.py": "seconds",
    "app/store/tables.py": "seconds",
    "app/store/stream_codec.py": "seconds",
}
MONEY = sources("app/domain", "app/store")
# Views are replaced and removed; the facts are kept from it by Database, which tests/store/test_database.py tries.
CHANGES_ALLOWED = {
    "app/store/batches.py": {"PutRequest", "DeleteRequest"},
    "app/store/database.py": {"batch_write_item", "scan"},
    "app/store/direct.py": {"batch_write_item", "scan"},
    "app/store/erasable.py": {"Delete"},  # the vault's table: erasing is what it is for
    "app/store/scans.py": {"scan"},
}
# What would change or remove a stored item, or read a whole table.
FORBIDDEN_CALLS = {
    "update_item",
    "delete_item",
    "batch_write_item",
    "execute_statement",
    "batch_execute_statement",
    "execute_transaction",
    "scan",
}
FORBIDDEN_WORDS = ("UpdateItem", "UpdateExpression", "DeleteItem", "DeleteRequest", "PutRequest")


def floats(tree: ast.Module) -> Iterator[int]:
    """The lines on which a float is written, named or made."""
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=float()) | ast.Name(id="float"):
                yield node.lineno
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()) if not _of_decimals(node):
                yield node.lineno


def _of_decimals(node: ast.AST) -> bool:
    """`Decimal(...) / Decimal(...)` is exact."""
    return isinstance(node, ast.BinOp) and all(
        isinstance(side, ast.Call) and isinstance(side.func, ast.Name) and side.func.id == "Decimal"
        for side in (node.left, node.right)
    )


def changes(tree: ast.Module) -> Iterator[str]:
    """What in the code would change a stored item or read all of a table."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in FORBIDDEN_CALLS:
            yield f"{node.lineno}: .{node.attr}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (f"{node.lineno}: {word}" for word in FORBIDDEN_WORDS if word in node.value)
            if node.value in FORBIDDEN_CALLS or node.value in {"Update", "Delete"}:
                yield f"{node.lineno}: {node.value}"


def test_there_is_something_to_read() -> None:
    assert {"app/domain/rates.py", "app/store/keys.py"} <= {source.name for source in MONEY}
    assert {source.name for source in MONEY} >= set(FLOATS_ALLOWED)


def test_no_request_reads_whole_tables() -> None:
    """Scans are for maintenance; the import linter holds it for what these modules import in turn."""
    assert not [
        f"{source.name}: {line}"
        for source in sources("app/api", "app/queries", "app/commands")
        for line in source.text.splitlines()
        if "import" in line and "scans" in line
    ]


def test_no_float_touches_money() -> None:
    found = {source.name: list(floats(source.tree)) for source in MONEY if source.name not in FLOATS_ALLOWED}
    assert {name: lines for name, lines in found.items() if lines} == {}, (
        "use integers in the smallest unit, or Decimal"
    )


def test_facts_are_only_ever_added() -> None:
    found = [
        f"{source.name} {one}"
        for source in sources("app")
        for one in changes(source.tree)
        if one.split(": ")[1].lstrip(".") not in CHANGES_ALLOWED.get(source.name, set())
    ]
    assert not found, "put a new item under a condition instead:\n" + "\n".join(found)


@pytest.mark.parametrize(
    "code",
    [
        "x = 0.01",
        "x = float(y)",
        "def f(x: float) -> None: ...",
        "x = a / b",
        "x /= 2",
        "x: list[float] = []",
        "x = 1e3",
    ],
)
def test_the_search_finds_floats(code: str) -> None:
    assert list(floats(ast.parse(code)))


@pytest.mark.parametrize("code", ["x = 1 // 2", "x = Decimal('0.01')", "x = Decimal(a) / Decimal(b)", "'0.01'"])
def test_the_search_finds_nothing_else(code: str) -> None:
    assert not list(floats(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        "await client.update_item(Key=k)",
        "client.delete_item",
        "table.scan()",
        "getattr(client, 'update_item')",
        "await self._call('scan', d, {})",
        "{'Update': {}}",
        "{'UpdateExpression': 'ADD total :n'}",
    ],
)
def test_the_search_finds_changes(code: str) -> None:
    assert list(changes(ast.parse(code)))
