"""The circuit breakers of a client: one for each table's reads, and one for its writes, which are throttled apart."""

from collections.abc import Callable

from app.store.breaker import Breaker, BreakerRule

Changed = Callable[[str, str, bool], None]


class _ByTable(dict[str, Breaker]):
    """Made when they are first asked for: tables are few, and named by the settings."""

    def __init__(self, rule: BreakerRule, kind: str, changed: Changed) -> None:
        super().__init__()
        self._rule = rule
        self._kind = kind
        self._changed = changed

    def __missing__(self, table: str) -> Breaker:
        made = self[table] = Breaker(table, self._rule, self._tell)
        return made

    def _tell(self, breaker: Breaker) -> None:
        self._changed(breaker.table, self._kind, not breaker.closed)


class Breakers:
    """`changed` is told the table's name, "read" or "write", and whether the circuit is open now."""

    def __init__(self, rule: BreakerRule, changed: Changed) -> None:
        self.reads: dict[str, Breaker] = _ByTable(rule, "read", changed)
        self.writes: dict[str, Breaker] = _ByTable(rule, "write", changed)
