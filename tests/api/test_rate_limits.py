"""How often each address and each caller may ask."""

from dataclasses import dataclass

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.addresses import address_of
from app.api.problems import UNAUTHENTICATED, Problem
from app.api.rate_limits import FAILED_COST, AddressLimit, CallerLimit, limited
from app.domain.access import OPEN, Principal
from app.domain.token_buckets import Allowance, TokenBuckets
from tests.api.protected import Answer, ask, ok, request

SECOND_US = 1_000_000


@dataclass
class Clock:
    us: int = 77 * SECOND_US

    def __call__(self) -> int:
        return self.us


async def unknown(scope: Scope, receive: Receive, send: Send) -> None:
    raise Problem(UNAUTHENTICATED, "x")


def by_address(
    rate: int, burst: int, clock: Clock, app: ASGIApp = ok, *, proxies: int = 0, most: int = 100
) -> AddressLimit:
    buckets = TokenBuckets(Allowance(rate, burst), most=most)
    return AddressLimit(app, buckets, address_of=address_of(proxies), now_us=clock)


def check_refusal(answer: Answer, policy: str, *, seconds: int) -> None:
    assert answer.status == 429
    assert (answer.problem["code"], answer.problem["status"]) == ("RATE_LIMITED", 429)
    assert answer.headers["retry-after"] == str(seconds)
    assert answer.headers["ratelimit-policy"] == policy
    assert answer.headers["ratelimit"] == f"{policy.partition(';')[0]};r=0;t={seconds}"


async def test_too_many_of_one_address_are_told_when_to_come_again() -> None:
    clock = Clock()
    layer = by_address(2, 4, clock)
    assert [(await ask(layer, request())).status for _ in range(4)] == [200] * 4
    check_refusal(await ask(layer, request()), '"address";q=4;w=2', seconds=1)
    assert (await ask(layer, request(client="192.0.2.2"))).status == 200
    clock.us += SECOND_US  # as long as Retry-After said
    assert (await ask(layer, request())).status == 200


async def test_one_subscriber_has_one_bucket_for_all_addresses_of_version_6() -> None:
    layer = by_address(1, 2, Clock())
    answers = [await ask(layer, request(client=f"2001:db8:1:2::{number:x}")) for number in range(3)]
    assert [one.status for one in answers] == [200, 200, 429]
    assert (await ask(layer, request(client="2001:db8:1:3::"))).status == 200


async def test_saying_to_be_somebody_else_does_not_help() -> None:
    layer = by_address(1, 2, Clock())
    spoofed = [{"headers": [(b"x-forwarded-for", b"198.51.100.%d" % number)]} for number in range(5)]
    assert [(await ask(layer, request(), one)).status for one in spoofed] == [200, 200, 429, 429, 429]


async def test_behind_a_proxy_its_clients_are_told_apart() -> None:
    layer = by_address(1, 1, Clock(), proxies=1)
    for number in range(3):
        seen = b"6.6.6.6, 198.51.100.%d" % number
        headers = {"headers": [(b"x-forwarded-for", seen)]}
        assert [(await ask(layer, request(), headers)).status for _ in range(2)] == [200, 429]


async def test_health_is_always_answered() -> None:
    layer = by_address(1, 1, Clock())
    assert [(await ask(layer, request(path="/health/ready"))).status for _ in range(9)] == [200] * 9
    assert [(await ask(layer, request(path="/healthy"))).status for _ in range(2)] == [200, 429]


async def test_failing_to_say_who_one_is_costs_more() -> None:
    layer = by_address(1, 3 * (1 + FAILED_COST), Clock(), unknown)
    assert [(await ask(layer, request())).status for _ in range(5)] == [401, 401, 401, 429, 429]


async def test_a_million_addresses_are_not_all_remembered() -> None:
    layer = by_address(1, 1, Clock(), most=20)
    for number in range(200):
        assert (await ask(layer, request(client=f"10.0.{number // 256}.{number % 256}"))).status == 200
    assert len(layer._buckets) == 20


async def test_callers_are_limited_each_for_itself_and_by_their_own_rates() -> None:
    buckets = TokenBuckets(Allowance(1, 2), most=100, of={"issuer": Allowance(1, 5)})
    layer = CallerLimit(ok, buckets, now_us=Clock())
    expected = {"hanako": [200, 200, 429, 429, 429, 429], "issuer": [200] * 5 + [429], "taro": [200, 200] + [429] * 4}
    for subject, statuses in expected.items():
        known = {"principal": Principal(subject)}
        assert [(await ask(layer, request(), known)).status for _ in range(6)] == statuses
    check_refusal(await ask(layer, request(), {"principal": Principal("taro")}), '"caller";q=2;w=2', seconds=1)


@pytest.mark.parametrize("more", [{}, {"principal": OPEN}], ids=["public", "open"])
async def test_whoever_is_nobody_is_no_caller(more: dict[str, Principal]) -> None:
    layer = CallerLimit(ok, TokenBuckets(Allowance(1, 1), most=100), now_us=Clock())
    assert [(await ask(layer, request(), more)).status for _ in range(5)] == [200] * 5


@pytest.mark.parametrize(
    ("wait_us", "seconds"), [(1, "1"), (999_999, "1"), (1_000_000, "1"), (1_000_001, "2"), (59_000_001, "60")]
)
def test_whole_seconds_that_are_enough(wait_us: int, seconds: str) -> None:
    assert limited("address", Allowance(1, 1), wait_us).headers["Retry-After"] == seconds
