"""Other things that happen between two calls to the database, one place after the other."""

from collections.abc import Awaitable, Callable
from typing import Any

CALLS = ("query", "get_item", "put_item", "transact_write_items", "batch_get_item", "batch_write_item", "scan")


class Interrupted:
    """A client that does something else before (or right `after`) its call number `at`, counted from 1, once. `calls`
    says how many there were."""

    def __init__(
        self, client: Any, at: int, meanwhile: Callable[[], Awaitable[object]], *, after: bool = False
    ) -> None:
        self._client = client
        self._at = at
        self._meanwhile = meanwhile
        self._after = after
        self.calls = 0

    @property
    def was_interrupted(self) -> bool:
        return self.calls >= self._at

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        if name not in CALLS:
            raise AttributeError(name)
        call = getattr(self._client, name)

        async def counted(**request: Any) -> Any:
            self.calls += 1
            its_turn = self.calls == self._at
            if its_turn and not self._after:
                await self._meanwhile()
            answer = await call(**request)
            if its_turn and self._after:
                await self._meanwhile()
            return answer

        return counted
