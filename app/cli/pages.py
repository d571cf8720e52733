"""Walking a list of the API by its cursors."""

from collections.abc import AsyncIterator
from typing import Any

import httpx

from app.cli.batch import Patience

PAGE_ITEMS = 200
_TRY_AGAIN = frozenset({429, 500, 502, 503, 504})


class ListRefused(Exception):
    """The service does not answer the list; the message says what it answered instead."""


async def walk(
    client: httpx.AsyncClient, path: str, parameters: dict[str, str], patience: Patience
) -> AsyncIterator[dict[str, Any]]:
    """Every item, in the service's order. Raises ListRefused."""
    query = {**parameters, "limit": str(PAGE_ITEMS)}
    while True:
        page = await _page(client, path, query, patience)
        for item in page["items"]:
            yield item
        if page["nextCursor"] is None:
            return
        query["cursor"] = page["nextCursor"]


async def _page(client: httpx.AsyncClient, path: str, query: dict[str, str], patience: Patience) -> Any:
    said = "nothing"
    for attempt in range(patience.attempts):
        try:
            answer = await client.get(path, params=query)
        except httpx.TransportError as error:
            said = type(error).__name__
        else:
            if answer.status_code == 200:
                return answer.json()
            said = _said(answer)
            if answer.status_code not in _TRY_AGAIN:
                break
        await patience.wait(attempt)
    raise ListRefused(f"the service at {client.base_url} answered {said}")


def _said(answer: httpx.Response) -> str:
    try:
        problem = answer.json()
        fields = "; ".join(f"{error['pointer']} {error['detail']}" for error in problem.get("errors", ()))
        return f"{answer.status_code} {problem['code']}: {fields or problem['detail']}"
    except (ValueError, TypeError, KeyError, AttributeError):
        return f"{answer.status_code} {answer.reason_phrase}"
