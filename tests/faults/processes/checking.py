"""What must hold when the fault is over: every acknowledged write once, no other twice, and sums that agree."""

from typing import Any

from tests.e2e.rolling.books import Books
from tests.faults.processes.history import NO_ANSWER, History, Kind, Phase

_DONE = {
    Kind.NEW: {200, 201},  # somebody may have sent it again before it arrived
    Kind.AGAIN: {200, 201},
    Kind.CHANGED: {409},
    Kind.HISTORY: {200},
    Kind.RANKING: {200},
    Kind.REDEEM: {201, 409},
    Kind.LIVE: {200},
}
_TROUBLED = (Phase.DURING, Phase.RECOVERING)


def unforeseen(history: History, *, no_answers: bool = False) -> list[str]:
    """Answers outside the documented ones. Before and after the fault nothing is put off unless the machine is busy;
    during it 503 is an answer, and with `no_answers` a broken connection too."""
    found = list(history.wrong)
    for call in history.calls:
        allowed = set(_DONE[call.kind])
        if call.kind is not Kind.LIVE and (call.phase in _TROUBLED or history.was_busy):
            allowed.add(503)
        if no_answers and call.phase in _TROUBLED:
            allowed.add(NO_ANSWER)
        if call.status not in allowed:
            found.append(f"{call.kind} {call.phase} the fault: {call.status or 'no answer'} after {call.seconds:.1f} s")
    return found


def lost_or_doubled(history: History, books: Books) -> list[str]:
    """Purchases and redemptions that were acknowledged and are not there once, or sent and are there twice."""
    found = []
    for name in history.purchases:
        acknowledged = name in history.recorded
        for what, count in (("purchase", books.purchases[name]), ("guard", books.guards[name])):
            if count > 1 or (acknowledged and count == 0):
                found.append(f"{what} {name} is there {count} times")
        if books.purchases[name] != books.guards[name]:
            found.append(f"{name} is there in part")
    causes = [item["cause"]["S"] for user in books.entries.values() for item in user]
    for name, (user, _) in history.redemptions.items():
        count = sum(name in cause.split("#") for cause in causes)
        if count > 1 or (name in history.redeemed and count == 0):
            found.append(f"redemption {name} of {user} is there {count} times")
    return found


def wrong_sums(history: History, books: Books) -> list[str]:
    """Accounts whose balance is not the sum of their entries, or not that of what is there."""
    found = []
    for user, entries in books.entries.items():
        amounts = sum(_amount(item) for item in entries)
        there = [name for name, sent in history.purchases.items() if sent["userId"] == user and books.purchases[name]]
        earned = sum(history.purchases[name]["kickbackAmount"] for name in there)
        causes = {part for item in entries for part in item["cause"]["S"].split("#")}
        used = sum(amount for name, (whose, amount) in history.redemptions.items() if whose == user and name in causes)
        versions = sorted(int(item["version"]["N"]) for item in entries)
        if not books.balance(user) == amounts == earned - used:
            found.append(f"{user}: balance {books.balance(user)}, entries {amounts}, what is there {earned - used}")
        if versions != list(range(1, len(entries) + 1)):
            found.append(f"{user}: versions with a gap")
    return found


def _amount(item: dict[str, Any]) -> int:
    return int(item["amount"]["N"])
