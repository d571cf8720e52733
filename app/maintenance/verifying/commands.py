"""Each command has left a receipt and the entries that its answer shows, and the sums of what commands undid or counted
are those of their steps."""

from collections.abc import Iterator, Mapping

from app.domain.journal import EntryKind
from app.maintenance.verifying.command_traces import CommandTrace, ReceiptTrace, UserTrace, cause_of
from app.maintenance.verifying.differences import Difference, Kind
from app.ports.ledger import CommandKind, TallyId

_ENTRY_KINDS: Mapping[str, EntryKind] = {
    CommandKind.REDEMPTION.value: EntryKind.USE,
    CommandKind.CANCELLATION.value: EntryKind.RESTORE,
    CommandKind.CLOSURE.value: EntryKind.EXPIRE,
    CommandKind.ADJUSTMENT.value: EntryKind.ADJUST,
    CommandKind.EXERCISE.value: EntryKind.EARN,
}


def command_differences(user_id: str, trace: UserTrace) -> Iterator[Difference]:
    """Of one user."""
    for cause, command in trace.commands.items():
        yield from _receipt_differences(f"{user_id} {cause}", cause, command)
    cancelled = {ids[0] for ids in _ids(trace, CommandKind.CANCELLATION)}
    exercised = {ids[0] for ids in _ids(trace, CommandKind.EXERCISE)}
    for redemption_id in sorted(cancelled | {one.ids[0] for one in trace.steps if _is(one, CommandKind.CANCELLATION)}):
        yield from _cancellation_differences(user_id, redemption_id, trace)
    counted = {one.ids[0] for one in trace.steps if _is(one, CommandKind.EXERCISE)}
    for benefit_id in sorted(exercised | counted | trace.exercises.keys()):
        yield from _exercise_differences(user_id, benefit_id, trace)
    for tally, steps in trace.steps.items():
        if tally.kind is CommandKind.SET_OFF and len(tally.ids) == 2:
            yield from _set_off_differences(user_id, tally.ids, sorted(steps), trace)
        elif not (_is(tally, CommandKind.CANCELLATION) or _is(tally, CommandKind.EXERCISE)):
            yield Difference(Kind.TALLY_WRONG, f"{user_id} {cause_of(tally.kind, *tally.ids)}", "", "a sum of nothing")


def _receipt_differences(key: str, cause: str, command: CommandTrace) -> Iterator[Difference]:
    kind = cause.partition("#")[0]
    expected = _ENTRY_KINDS.get(kind)
    entries = ", ".join(f"{one.type.value} {one.version}" for one in command.entries) or "no entry"
    if expected is None:
        yield Difference(Kind.RECEIPT_MISSING, key, "a cause that is known", entries)
    elif command.receipt is None:
        yield Difference(Kind.RECEIPT_MISSING, key, f"a receipt that names {entries}", "")
    else:
        yield from _agreement(key, kind, command, command.receipt)
        wrong = sorted({one.kind.value for one in command.entries if one.kind is not expected})
        if wrong:
            yield Difference(Kind.RECEIPT_WRONG, key, expected.value, ", ".join(wrong))


def _agreement(key: str, kind: str, command: CommandTrace, receipt: ReceiptTrace) -> Iterator[Difference]:
    """A closure's entries are in its answer only; all others have one, which the receipt names too."""
    written = sorted((one.type.value, one.version, one.balance) for one in command.entries)
    if receipt.told != written:
        found = "an answer that is none of its own" if receipt.told is None else _text(receipt.told)
        yield Difference(Kind.RECEIPT_WRONG, key, _text(written), found)
    named = [(one.type.value, one.version) for one in command.entries] if kind != CommandKind.CLOSURE.value else []
    if ([receipt.named] if receipt.named else []) != named or (kind != CommandKind.CLOSURE.value and len(named) != 1):
        expected = " ".join(map(str, named[0])) if len(named) == 1 else "one entry" if not named else f"one of {named}"
        yield Difference(Kind.RECEIPT_WRONG, key, expected, " ".join(map(str, receipt.named or ())))


def _cancellation_differences(user_id: str, redemption_id: str, trace: UserTrace) -> Iterator[Difference]:
    """Each step adds what one cancellation gave back, and never more than was redeemed."""
    key = f"{user_id} {cause_of(CommandKind.CANCELLATION, redemption_id)}"
    steps = sorted(trace.steps.get(TallyId(CommandKind.CANCELLATION, user_id, (redemption_id,)), []))
    yield from _gaps(key, steps)
    prefix = cause_of(CommandKind.CANCELLATION, redemption_id, "")
    back = sorted(
        one.amount for cause, command in trace.commands.items() if cause.startswith(prefix) for one in command.entries
    )
    added = sorted(amount - before for (_, amount), before in zip(steps, [0, *(one for _, one in steps)], strict=False))
    if added != back:
        yield Difference(Kind.TALLY_WRONG, key, f"steps of {back}", f"steps of {added}")
    redeemed = trace.commands.get(cause_of(CommandKind.REDEMPTION, redemption_id), CommandTrace()).entries
    used = -sum(one.amount for one in redeemed)
    if sum(back) > used:
        yield Difference(Kind.TALLY_WRONG, key, f"at most {used} given back", str(sum(back)))


def _exercise_differences(user_id: str, benefit_id: str, trace: UserTrace) -> Iterator[Difference]:
    """One number for each, one step of the count for each number."""
    key = f"{user_id} {cause_of(CommandKind.EXERCISE, benefit_id)}"
    numbered = sorted(trace.exercises.get(benefit_id, []))
    received = sorted(ids[1] for ids in _ids(trace, CommandKind.EXERCISE) if ids[0] == benefit_id)
    if sorted(exercise_id for _, exercise_id in numbered) != received:
        yield Difference(Kind.EXERCISE_WRONG, key, f"{received}", f"{[one for _, one in numbered]}")
    expected = [(number, number) for number in range(1, len(received) + 1)]
    steps = sorted(step for tally, steps in trace.steps.items() if _counts(tally, benefit_id) for step in steps)
    if steps != expected:
        yield Difference(Kind.TALLY_WRONG, key, f"steps {expected}", f"steps {steps}")
    if [number for number, _ in numbered] != [number for number, _ in expected]:
        yield Difference(
            Kind.EXERCISE_WRONG, f"{key} numbers", f"1 to {len(expected)}", f"{[one for one, _ in numbered]}"
        )


def _set_off_differences(
    user_id: str, ids: tuple[str, ...], steps: list[tuple[int, int]], trace: UserTrace
) -> Iterator[Difference]:
    """Each step sets off more, and never more than expired of the lot."""
    kind, lot = ids
    key = f"{user_id} {cause_of(CommandKind.SET_OFF, *ids)}"
    yield from _gaps(key, steps)
    amounts = [amount for _, amount in steps]
    if amounts != sorted(set(amounts)) or not 0 < amounts[0] <= amounts[-1] <= trace.expired[kind, lot]:
        yield Difference(Kind.TALLY_WRONG, key, f"rising, at most {trace.expired[kind, lot]}", f"steps of {amounts}")


def _gaps(key: str, steps: list[tuple[int, int]]) -> Iterator[Difference]:
    numbers = [number for number, _ in steps]
    if numbers != list(range(1, len(numbers) + 1)):
        yield Difference(Kind.TALLY_MISSING, key, "steps 1, 2, 3 ...", f"steps {numbers}")


def _ids(trace: UserTrace, kind: CommandKind) -> Iterator[tuple[str, str]]:
    """The ids of commands that have two: of what they undo or exercise, and their own."""
    for cause in trace.commands:
        name, *ids = cause.split("#")
        if name == kind.value and len(ids) == 2:
            yield ids[0], ids[1]


def _is(tally: TallyId, kind: CommandKind) -> bool:
    return tally.kind is kind and len(tally.ids) > 0


def _counts(tally: TallyId, benefit_id: str) -> bool:
    return _is(tally, CommandKind.EXERCISE) and tally.ids[0] == benefit_id


def _text(entries: list[tuple[str, int, int]]) -> str:
    return (
        ", ".join(f"{kind} {version} with a balance of {balance}" for kind, version, balance in entries) or "no entry"
    )
