"""How much is worked on at once. What is too much is refused at once: waiting would only make everything late."""

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.paths import BATCH, RECORDING, is_documentation, is_health
from app.api.problems import RETRY_AFTER_SECONDS
from app.api.sizes import check_sizes

# Long ones: a batch may come as slowly as it likes, and a page's files may be read as slowly. One of so many slots.
_LONG_PART = 8
_RESERVED_PART = 5


@dataclass(slots=True)
class Slots:
    """So many at once."""

    most: int
    taken: int = 0


Chain = tuple[Slots, ...]
"""What one request takes a slot of each."""


class WorkLimits:
    """At most `most` requests are worked on at once; a fifth of them is left to POST /transactions, and batches, and
    files of the documentation, have an eighth each. More are answered 503, before their bodies are read. Health is
    always answered.

    A request takes its slot when all of it is there: slow senders hold none, and cost nobody theirs. (A request that
    finds none free at that moment is refused then.) A batch works while it arrives and takes its slot at once.
    """

    def __init__(self, app: ASGIApp, *, most: int) -> None:
        self._app = app
        self._all = Slots(most)
        others = Slots(most - most // _RESERVED_PART)
        long = max(1, most // _LONG_PART)
        self._recording: Chain = (self._all,)
        self._others: Chain = (self._all, others)
        self._batches: Chain = (self._all, others, Slots(long))
        self._files: Chain = (self._all, others, Slots(long))

    @property
    def working(self) -> int:
        """Requests that are worked on."""
        return self._all.taken

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. Raises HTTPException 503, and what `check_sizes` raises."""
        if scope["type"] != "http" or is_health(scope["path"]):
            await self._app(scope, receive, send)
            return
        check_sizes(scope)
        chain = self._chain_for(scope["method"], scope["path"])
        _check_free(chain)
        if scope["method"] in _WITH_BODY and chain is not self._batches:
            await self._when_it_is_there(chain, scope, receive, send)
            return
        _take(chain)
        try:
            await self._app(scope, receive, send)
        finally:
            _give_back(chain)

    async def _when_it_is_there(self, chain: Chain, scope: Scope, receive: Receive, send: Send) -> None:
        taken = False

        async def received() -> Message:
            nonlocal taken
            message = await receive()
            if not taken and message["type"] == "http.request" and not message.get("more_body", False):
                _check_free(chain)
                _take(chain)
                taken = True
            return message

        try:
            await self._app(scope, received, send)
        finally:
            if taken:
                _give_back(chain)

    def _chain_for(self, method: str, path: str) -> Chain:
        if path == RECORDING:
            return self._recording if method == "POST" else self._others
        if path == BATCH:
            return self._batches
        return self._files if is_documentation(path) else self._others


_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


def _check_free(chain: Chain) -> None:
    for slots in chain:
        if slots.taken >= slots.most:
            raise HTTPException(503, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


def _take(chain: Chain) -> None:
    for slots in chain:
        slots.taken += 1


def _give_back(chain: Chain) -> None:
    for slots in chain:
        slots.taken -= 1
