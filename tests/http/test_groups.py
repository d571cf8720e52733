"""What callers who are no administrators see of rankings and cards that few users are behind."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from itertools import product
from typing import Any

import pytest
from httpx import AsyncClient

from app.domain.purchases import Purchase
from tests.http.group_world import serving
from tests.http.sums import View
from tests.purchases import purchase

LEAST = 3
ROW = {"count", "transactionTotal", "kickbackValue", "kickbackByType"}
RANKINGS: dict[str, Callable[[Purchase], str]] = {"card": lambda o: o.card_id, "merchant": lambda o: o.merchant_name}


def some(large: int, small: int, best: str) -> list[Purchase]:
    """`large` cards and shops that three users and more are behind, `small` ones with one or two, all of them the same;
    `best` of them give back most. There are categories with many users, two and one."""
    rng = random.Random(large + small)
    bought: list[tuple[str, str, str, int]] = []
    for place in range(large):
        users = rng.sample(range(2, 30), rng.randrange(3, 6))
        bought += [("GROCERY", f"large{place}x", f"u{user}", 500 * (best == "large") + place + user) for user in users]
    for place in range(small):
        amount = 5_000 * (best == "small") + rng.randrange(9)
        bought += [("GROCERY", f"small{place}x", f"u{user}", amount) for user in range(rng.randrange(1, 3))]
    bought += [("RARE", "large0x", f"u{user % 2}", user) for user in range(5)]
    bought += [("OWN", "small0x", "u0", 7)] + [("DINING", f"large{user % 2}x", f"u{user}", 90) for user in range(8)]
    return [
        purchase(
            transaction_id=f"t{number}",
            user_id=user,
            card_id=name,
            card_name=f"name of {name}",
            merchant_name=f"shop {name}",
            category=category,
            transaction_date=date(
                2023, (5, 5, 5, 4)[number % 4] if category == "DINING" else 5, (1, 15, 30)[number % 3]
            ),
            transaction_amount=9_000 + number,
            kickback_amount=amount,
        )
        for number, (category, name, user, amount) in enumerate(bought)
    ]


WORLDS = [
    (3, 0, "large"),
    (2, 1, "small"),
    (3, 1, "large"),
    (3, 4, "large"),
    (0, 4, "small"),
    (1, 1, "large"),
    (40, 0, "large"),
    (40, 1, "small"),
    (40, 1, "large"),
    (5, 40, "large"),
]


async def walked(http: AsyncClient, path: str, params: dict[str, Any], caller: str) -> list[dict[str, Any]]:
    """All pages."""
    headers, pages = {"Authorization": f"Bearer {caller}"}, []
    cursor: dict[str, str] = {}
    for _ in range(200):
        answer = await http.get(path, params={**params, **cursor}, headers=headers)
        assert answer.status_code == 200, answer.text
        pages.append(answer.json())
        if pages[-1]["nextCursor"] is None:
            return pages
        cursor = {"cursor": pages[-1]["nextCursor"]}
    raise AssertionError("the walk does not end")


async def compared(
    http: AsyncClient, path: str, params: dict[str, Any], groups: dict[str, list[Purchase]]
) -> list[dict[str, Any]]:
    """What callers see who are no administrators, in pages of two sizes, after a check against what those see."""
    pages: list[dict[str, Any]] = []
    for limit in (3, 200):
        asked = path, {**params, "limit": limit}
        pages = await walked(http, *asked, "hanako")
        check(pages, await walked(http, *asked, "administrator"), groups)
        assert "small" not in str([page["items"] for page in pages])
    return pages


def users_of(purchases: Iterable[Purchase]) -> int:
    return len({one.user_id for one in purchases})


def grouped(purchases: Iterable[Purchase], of: Callable[[Purchase], str]) -> dict[str, list[Purchase]]:
    groups: dict[str, list[Purchase]] = defaultdict(list)
    for one in purchases:
        groups[of(one)].append(one)
    return groups


def check(pages: list[dict[str, Any]], whole: list[dict[str, Any]], groups: dict[str, list[Purchase]]) -> None:
    """Everything that is shown is as administrators see it, nothing that is shown belongs to too few, and neither does
    what is left when it is taken from the totals."""
    rows = [row for page in pages for row in page["items"]]
    originals = [row for page in whole for row in page["items"]]
    hidden: list[Purchase] = []
    for row, original in zip(rows, originals, strict=True):
        behind = groups[original["id"]]
        if "suppressed" in row:
            hidden += behind
            kept = {"rank": original["rank"], "medal": original["medal"], "suppressed": True}
            assert row == {**dict.fromkeys(original), **kept}
        else:
            assert row == original
            assert users_of(behind) >= LEAST
    everybody = [one for behind in groups.values() for one in behind]
    if any("suppressed" not in row for row in rows):
        assert not hidden or users_of(hidden) >= LEAST
        assert len({row["id"] for row in rows if "suppressed" in row}) <= 1
    small = sum(users_of(behind) < LEAST for behind in groups.values())
    assert sum("suppressed" in row for row in rows) <= small + 1, "at most one more than has to be"
    for page, original in zip(pages, whole, strict=True):
        if "suppressed" in page["totals"]:
            assert page["totals"] == {**dict.fromkeys(ROW), "suppressed": True}
            assert hidden or not everybody
        else:
            assert page["totals"] == original["totals"]
            assert users_of(everybody) >= LEAST


@pytest.mark.parametrize("world", WORLDS, ids=str)
async def test_nothing_that_is_shown_belongs_to_too_few(world: tuple[int, int, str]) -> None:
    purchases = some(*world)
    in_may = [one for one in purchases if one.transaction_date.month == 5]
    async with serving(purchases, least=LEAST, is_open=False) as http:
        for view in ({}, {"view": "live"}):
            params = {"month": "2023-05", **view}
            pages = await compared(http, "/rankings/categories", params, grouped(in_may, lambda one: one.category))
            medals = {row["category"] for page in pages for row in page["items"]}
            for category, by in product(("GROCERY", "DINING", "RARE", "OWN", "NONE"), RANKINGS):
                inside = [one for one in in_may if one.category == category]
                path, params = f"/categories/{category}/rankings", {"month": "2023-05", "by": by, **view}
                pages = await compared(http, path, params, grouped(inside, RANKINGS[by]))
                assert category not in medals or users_of(inside) >= LEAST
                assert all(("suppressed" in page["totals"]) == (category not in medals) for page in pages)
            params = {"from": "2023-05-01", "to": "2023-05-31", **view}
            await compared(http, "/rankings/cards", params, grouped(in_may, lambda one: one.card_id))


@pytest.mark.parametrize("world", [(3, 2, "large"), (2, 0, "large")], ids=str)
async def test_efficiency_says_nothing_of_too_few(world: tuple[int, int, str], view: View) -> None:
    purchases = some(*world)
    params = {"from": "2023-04-15", "to": "2023-05-31", **view}
    async with serving(purchases, least=LEAST, is_open=False) as http:

        async def efficiency(card: str, caller: str) -> dict[str, Any]:
            headers = {"Authorization": f"Bearer {caller}"}
            answer: dict[str, Any] = (
                await http.get(f"/cards/{card}/efficiency", params=params, headers=headers)
            ).json()
            return answer

        nobodys = await efficiency("nobodys", "administrator") | {"suppressed": True}
        cards = grouped((one for one in purchases if one.transaction_date >= date(2023, 4, 15)), lambda o: o.card_id)
        for card, behind in cards.items():
            shown, whole = await efficiency(card, "auditor"), await efficiency(card, "administrator")
            if users_of(behind) < LEAST:
                assert shown == {**nobodys, "cardId": card}
                continue
            # Nobody counts who is behind a category of a card.
            assert shown == {**whole, "byCategory": []}
            assert whole["byCategory"]


@pytest.mark.parametrize("by", [*RANKINGS])
async def test_administrators_and_open_services_see_everything(by: str, view: View) -> None:
    paths = [
        f"/categories/GROCERY/rankings?month=2023-05&by={by}",
        "/categories/OWN/rankings?year=2023",
        "/rankings/categories?year=2023",
        "/rankings/cards?from=2023-04-01&to=2023-05-31",
        "/cards/small0x/efficiency?from=2023-04-01&to=2023-05-31",
    ]
    bodies: list[list[bytes]] = []
    for is_open, headers in ((True, {}), (False, {"Authorization": "Bearer administrator"})):
        async with serving(some(3, 2, "small"), is_open=is_open) as http:
            urls = [path + "".join(f"&{name}={value}" for name, value in view.items()) for path in paths]
            bodies.append([(await http.get(url, headers=headers)).content for url in urls])
    assert bodies[0] == bodies[1]
    assert b"suppressed" not in b"".join(bodies[0])


async def test_rows_that_were_made_before_users_were_counted_are_for_administrators() -> None:
    """Their users are not known until the views are made again."""
    async with serving(some(3, 2, "small"), least=1, is_open=False, without_users=True) as http:
        for path, params in (
            ("/categories/GROCERY/rankings", {"month": "2023-05"}),
            ("/rankings/categories", {"month": "2023-05"}),
            ("/rankings/cards", {"from": "2023-05-01", "to": "2023-05-31"}),
        ):
            (whole,) = await walked(http, path, params, "administrator")
            (shown,) = await walked(http, path, params, "analyst")
            assert all("suppressed" in row for row in shown["items"])
            assert "suppressed" in shown["totals"]
            assert len(shown["items"]) == len(whole["items"]) > 1
            assert "suppressed" not in str(whole)
