"""The checkers of the fault tests find what they are there for."""

import json
from collections import Counter
from collections.abc import Callable

import pytest

from tests.e2e.rolling.books import Books
from tests.faults.processes.checking import lost_or_doubled, unforeseen, wrong_sums
from tests.faults.processes.history import NO_ANSWER, Call, History, Kind, Phase, percentile
from tests.faults.unprocessed import answer_with, held_back

USER = "user-u1"


def history() -> History:
    """Two purchases, one of them acknowledged, and a redemption that was."""
    sent = {name: {"userId": USER, "kickbackAmount": 50} for name in ("t1", "t2")}
    calls = [Call(Kind.NEW, phase, 0.0, 0.1, 201) for phase in Phase]
    return History(calls=calls, purchases=sent, recorded={"t1": b""}, redemptions={"r1": (USER, 20)}, redeemed={"r1"})


def books() -> Books:
    return Books(
        Counter(["t1"]),
        Counter(["t1"]),
        {USER: [entry(1, "PURCHASE#t1", 50, 50), entry(2, "REDEMPTION#r1", -20, 30)]},
    )


def entry(version: int, cause: str, amount: int, balance: int) -> dict[str, dict[str, str]]:
    numbers = {"version": version, "amount": amount, "balance": balance}
    return {
        "SK": {"S": f"LEDGER#POINT#{version:04d}"},
        "cause": {"S": cause},
        **{name: {"N": str(number)} for name, number in numbers.items()},
    }


def found(past: History, there: Books) -> list[str]:
    return unforeseen(past) + lost_or_doubled(past, there) + wrong_sums(past, there)


def test_what_is_well_is_not_complained_of() -> None:
    assert found(history(), books()) == []


def put_off(past: History, _: Books) -> None:
    past.calls.append(Call(Kind.HISTORY, Phase.AFTER, 0.0, 0.1, 503))


def timed_out_as_alive(past: History, _: Books) -> None:
    past.calls.append(Call(Kind.LIVE, Phase.DURING, 0.0, 3.0, 503))


def failed(past: History, _: Books) -> None:
    past.calls.append(Call(Kind.NEW, Phase.DURING, 0.0, 0.1, 500))


def unanswered(past: History, _: Books) -> None:
    past.calls.append(Call(Kind.NEW, Phase.DURING, 0.0, 0.1, NO_ANSWER))


def not_alive(past: History, _: Books) -> None:
    past.calls.append(Call(Kind.LIVE, Phase.DURING, 0.0, 0.1, 503))


def taken_with_another_amount(past: History, _: Books) -> None:
    past.calls.append(Call(Kind.CHANGED, Phase.BEFORE, 0.0, 0.1, 200))


def lost(_: History, there: Books) -> None:
    del there.purchases["t1"]


def doubled(_: History, there: Books) -> None:
    there.purchases["t1"] = 2


def half_written(_: History, there: Books) -> None:
    there.guards["t2"] = 1


def redemption_lost(past: History, _: Books) -> None:
    past.redemptions["r2"] = (USER, 1)
    past.redeemed.add("r2")


def redeemed_twice(_: History, there: Books) -> None:
    there.entries[USER].append(entry(3, "REDEMPTION#r1", -20, 10))


def balance_drifted(_: History, there: Books) -> None:
    there.entries[USER][1] = entry(2, "REDEMPTION#r1", -20, 31)


def version_skipped(_: History, there: Books) -> None:
    there.entries[USER][1] = entry(3, "REDEMPTION#r1", -20, 30)


def earned_without_a_purchase(_: History, there: Books) -> None:
    there.entries[USER].append(entry(3, "PURCHASE#t9", 5, 35))


DAMAGES: tuple[Callable[[History, Books], None], ...] = (
    put_off,
    timed_out_as_alive,
    failed,
    unanswered,
    not_alive,
    taken_with_another_amount,
    lost,
    doubled,
    half_written,
    redemption_lost,
    redeemed_twice,
    balance_drifted,
    version_skipped,
    earned_without_a_purchase,
)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_each_damage_is_found(damage: Callable[[History, Books], None]) -> None:
    past, there = history(), books()
    damage(past, there)
    assert found(past, there) != []


def test_what_a_busy_machine_had_no_time_for_is_not_complained_of() -> None:
    past = history()
    past.calls += [Call(Kind.NEW, phase, 0.0, 3.0, 503) for phase in Phase]
    assert unforeseen(past) == []
    past.calls.append(Call(Kind.NEW, Phase.AFTER, 0.0, 3.0, 500))
    assert unforeseen(past) != []


def test_what_may_be_put_off_during_a_fault_is_not_complained_of() -> None:
    past = history()
    for phase in (Phase.DURING, Phase.RECOVERING):
        past.calls += [Call(Kind.NEW, phase, 0.0, 3.0, status) for status in (503, NO_ANSWER)]
    assert unforeseen(past, no_answers=True) == []
    assert past.statuses(Phase.DURING, Kind.NEW) == {201: 1, 503: 1, NO_ANSWER: 1}
    assert past.share_answered(Phase.DURING) == pytest.approx(1 / 3)
    assert percentile(past.during(Kind.NEW), 1) == 3.0


@pytest.mark.parametrize(
    ("operation", "wanted", "left"),
    [("BatchWriteItem", list(range(25)), "UnprocessedItems"), ("BatchGetItem", {"Keys": [1, 2]}, "UnprocessedKeys")],
)
def test_a_batch_is_held_back_in_part(operation: str, wanted: object, left: str) -> None:
    sent, rest = held_back(operation, json.dumps({"RequestItems": {"T": wanted}}).encode(), lambda _: 1)
    assert rest is not None
    done = json.loads(sent)["RequestItems"]["T"]
    told = json.loads(answer_with(b"{}", rest))[left]["T"]
    several = [done["Keys"] + told["Keys"], wanted["Keys"]] if isinstance(wanted, dict) else [done + told, wanted]
    assert several[0] == several[1]


def test_one_of_a_batch_is_always_done_and_other_calls_go_through() -> None:
    one = json.dumps({"RequestItems": {"T": [1]}}).encode()
    assert held_back("BatchWriteItem", one, lambda _: 0) == (one, None)
    assert held_back("Query", b"{}", lambda _: 0) == (b"{}", None)
