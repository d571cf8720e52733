"""GET /users/{id}/lots"""

from httpx import AsyncClient

from tests.http.points import earn, last_day, lot, lots, redeem, start


async def test_in_the_order_in_which_they_are_used(http: AsyncClient, unique: str) -> None:
    await earn(http, unique, 20, ago=2)
    await earn(http, unique, 50, ago=4)
    await earn(http, unique, 30, ago=2)
    assert await lots(http, unique) == [(lot(4), 50, 50), (lot(2), 50, 50)]
    used_at = (await redeem(http, unique, 60)).json()["createdAt"]
    assert await lots(http, unique) == [(lot(2), 50, 40)]
    assert await lots(http, unique, at=used_at) == [(lot(2), 50, 40)]
    assert await lots(http, unique, at=start(3)) == [(lot(4), 50, 50)]
    assert await lots(http, unique, at=start(1 - 180)) == []


async def test_the_fields_of_a_lot(http: AsyncClient, unique: str) -> None:
    await earn(http, unique, 9, kind="MILE")
    await earn(http, unique, 20, ago=2)
    answer = await http.get(f"/users/{unique}/lots")
    assert answer.json() == [
        {
            "type": "POINT",
            "lot": lot(2),
            "earned": 20,
            "remaining": 20,
            "expiresOn": last_day(2),
            "source": "PURCHASE",
        },
        {
            "type": "MILE",
            "lot": "PURCHASE:NEVER",
            "earned": 9,
            "remaining": 9,
            "expiresOn": None,
            "source": "PURCHASE",
        },
    ]
    assert [one["type"] for one in (await http.get(f"/users/{unique}/lots?type=MILE")).json()] == ["MILE"]
    assert (await http.get(f"/users/nobody-{unique}/lots")).json() == []
