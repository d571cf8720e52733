"""The Categories port in memory."""

from collections.abc import Iterable

from tests.fakes.facts import FakeFacts


class FakeCategories:
    """See the port."""

    def __init__(self, facts: FakeFacts) -> None:
        self._facts = facts

    async def register(self, month: str, category: str) -> None:
        await self._facts.called("register")
        self._facts.categories.add((month, category))

    async def names(self, months: Iterable[str]) -> frozenset[str]:
        await self._facts.called("names")
        wanted = set(months)
        return frozenset(category for month, category in self._facts.categories if month in wanted)
