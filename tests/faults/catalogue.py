"""Every fault that is tried, what a client sees of it, and by which test: the table of docs/reliability.md."""

from dataclasses import dataclass

_AWAY = "{requests} requests, {unavailable} of them 503, median of these {unavailable_p50_ms} ms"
_ENDED = "longest {longest_ms} ms, well again {recovered_seconds} s after it was over"
_PROCESSES = "tests/faults/processes"
_INSIDE = "tests/faults"


@dataclass(frozen=True, slots=True)
class Row:
    """`measured`: a text with figures in braces, of what `tests/faults/figures.py` keeps under `name`; without a name
    it says what the test asserts. `tests`: `file::name`."""

    fault: str
    seen: str
    measured: str
    tests: tuple[str, ...]
    name: str = ""


def _process(name: str, fault: str, seen: str, measured: str, *tests: str) -> Row:
    return Row(fault, seen, measured, tuple(f"{_PROCESSES}/{test}" for test in tests), name)


ON_PROCESSES = (
    _process(
        "paused",
        "DynamoDB says nothing for 10 s (SIGSTOP, or `docker pause`)",
        "503 with Retry-After within the request's 3 s; once the circuit is open, at once. `/health/live` stays 200",
        f"{_AWAY}; after 6 s {{at_once_ms}} ms; {_ENDED}; memory +{{growth_mb}} MB; live in {{live_longest_ms}} ms",
        "test_database_away.py::test_paused",
    ),
    _process(
        "killed",
        "DynamoDB is killed, and started again 5 s later with its data",
        "503 with Retry-After, at once; then as before",
        f"{_AWAY}; {_ENDED}",
        "test_database_away.py::test_killed_and_started_again",
    ),
    _process(
        "slow",
        "Every call takes 2 s more",
        "A late answer, or 503 within the request's 3 s that says whether it may have been written",
        f"{_AWAY}; {_ENDED}",
        "test_slow.py::test_every_call_takes_two_seconds_more",
    ),
    _process(
        "slow-shard",
        "One partition of the rankings is 2 s late with every second query",
        "Nothing: a second query overtakes the late one, as long as they are few; nothing else is slower",
        "rankings p90 {rankings_p90_ms} ms, purchases p90 {purchases_p90_ms} ms, {unavailable} of {requests} put off",
        "test_slow.py::test_one_shard_is_slow",
    ),
    _process(
        "resets",
        "A fifth of all connections are reset: before the call, after it, in the middle of the answer",
        "Nothing, or 503 that the same request again settles; never a second effect",
        f"{{answered_percent}} % of {{requests}} done; p99 {{p99_ms}} ms; {_ENDED}",
        "test_bad_answers.py::test_at_a_fifth_of_all_calls",
    ),
    _process(
        "half-answers",
        "A fifth of all answers are cut in half, changed on the way, or a gateway's page",
        "The same",
        f"{{answered_percent}} % of {{requests}} done; p99 {{p99_ms}} ms; {_ENDED}",
        "test_bad_answers.py::test_at_a_fifth_of_all_calls",
    ),
    _process(
        "throttled",
        "40 % of all calls are throttled",
        "Nothing but time: 99 % are done within 3 s, the others are 503 with Retry-After",
        f"{{answered_percent}} % of {{requests}} done; p99 {{p99_ms}} ms; {_ENDED}",
        "test_overload.py::test_calls_refused_at_random",
    ),
    _process(
        "internal-errors",
        "30 % of all calls end with an internal error of DynamoDB",
        "Nothing but time, or 503 that the same request again settles",
        f"{{answered_percent}} % of {{requests}} done; p99 {{p99_ms}} ms; {_ENDED}",
        "test_overload.py::test_calls_refused_at_random",
    ),
    _process(
        "unprocessed",
        "Of each batch 1 to 25 items are left unprocessed, while the projector counts and a rebuild runs",
        "Nothing: a batch has ended when nothing is left of it",
        "{fired} of {BatchWriteItem} writes and {BatchGetItem} reads done in part; {unavailable} of {requests} put off",
        "test_unprocessed.py::test_batches_are_done_in_part",
    ),
    _process(
        "",
        "A rebuild's batches are never done",
        "Nothing: the old views go on, `kickbacks rebuild` says how many items were left and ends with 1",
        "exit 1, and nothing has changed",
        "test_unprocessed.py::test_a_rebuild_that_cannot_end_changes_nothing",
    ),
    _process(
        "disk-full",
        "DynamoDB has no room to write (every write ends with an internal error)",
        "Writes are 503 with Retry-After; every read is answered",
        f"{_AWAY}; {_ENDED}",
        "test_disk_full.py::test_the_database_has_no_room_to_write",
    ),
    _process(
        "log-full",
        "The disk of the service's log is full",
        "Nothing. Lines are lost, and `kickbacks_log_lines_lost_total` says how many",
        "{requests} requests answered, {lines_lost} lines lost",
        "test_disk_full.py::test_the_services_log_has_no_room",
    ),
    _process(
        "clock",
        "The service's clock jumps 2 h ahead, and back",
        "No other error; cursors stay good, passbooks too. Behind by more than `CLOCK_SKEW_SECONDS`, views miss it",
        "{answered_percent} % of {requests} done; longest {longest_ms} ms",
        "test_clock.py::test_the_services_clock_jumps",
    ),
    _process(
        "skewed",
        "DynamoDB refuses a fifth of all calls since our clock is too far off",
        "503 with Retry-After until the clock is right; no restart is needed",
        f"{_AWAY}; {_ENDED}",
        "test_clock.py::test_dynamodb_says_that_the_clock_is_wrong",
    ),
    _process(
        "service-killed",
        "The service is killed three times under load (SIGKILL)",
        "Broken connections until it is back; the same request again settles what was under way",
        "{kills} kills, back after {away_seconds} s at most; {acknowledged} acknowledged writes, all there once",
        "test_service_killed.py::test_the_service_is_killed_under_load",
    ),
    _process(
        "projector-down",
        "The projector is killed, and started again 10 s later",
        "Rankings stand still and `asOf` says so, `notBefore` is 503; recording and history notice nothing",
        "{behind} purchases behind, caught up in {caught_up_seconds} s, its start included",
        "test_projector_down.py::test_the_projector_is_down",
    ),
)

ELSEWHERE = (
    Row(
        "Two instances are replaced one after the other under load (SIGTERM), then one is killed",
        "Nothing; after SIGKILL connection resets that sending again cures",
        "no reset at SIGTERM, exit 0 within the stop timeout",
        ("tests/e2e/rolling/test_rolling_restart.py::test_two_instances_are_replaced_under_load",),
    ),
    Row(
        "A second SIGTERM in the middle of a batch",
        "The connection ends; what was acknowledged is there, the same batch again does the rest",
        "ends at once, nothing half written",
        ("tests/e2e/rolling/test_second_signal.py::test_a_second_sigterm_ends_it_in_the_middle_of_a_batch",),
    ),
    Row(
        "The service is killed five times during 1,000 purchases",
        "Broken connections; each purchase is there once after it has been sent again",
        "1,000 of 1,000 once",
        ("tests/e2e/test_killed.py::test_killed_during_a_thousand_posts",),
    ),
    Row(
        "The process ends before or after any one call that a command makes",
        "No answer; the same command again, anywhere, completes it",
        "all of it or nothing at each call of seven commands",
        ("tests/faults/test_killed_between_steps.py::test_the_same_again_completes_it",),
    ),
    Row(
        "The projector is killed fifty times during 5,000 purchases",
        "Nothing but later rankings",
        "views equal to the purchases",
        ("tests/e2e/test_projector_killed.py::test_killed_fifty_times_during_five_thousand_purchases",),
    ),
    Row(
        "An answer is lost after the write, once or every time",
        "201, or 503 whose repetition is 200: never a second effect, never a false 409",
        "every write that the code makes",
        (
            f"{_INSIDE}/test_writes.py::test_one_lost_call_is_healed_inside",
            f"{_INSIDE}/test_writes.py::test_an_answer_that_is_lost_every_time_is_503_and_the_same_request_settles_it",
            f"{_INSIDE}/test_writes.py::test_the_writes_that_are_tried_here_are_all_that_the_code_makes",
        ),
    ),
    Row(
        "Transactions conflict, at random or without end",
        "201; without end 503 after a bounded number of decisions",
        "64 equal requests at two replicas: one 201, 63 times 200",
        (
            f"{_INSIDE}/test_writes.py::test_64_equal_requests_over_two_replicas_with_conflicts",
            f"{_INSIDE}/test_writes.py::test_conflicts_without_end_are_503_after_a_bounded_number",
        ),
    ),
    Row(
        "A read meets a lost, cut, changed or foreign answer",
        "200; where it goes on, 503",
        "every read",
        (
            f"{_INSIDE}/test_reads.py::test_one_bad_call_is_healed_inside",
            f"{_INSIDE}/test_reads.py::test_no_usable_answer_is_503_and_then_all_is_well",
        ),
    ),
    Row(
        "Faults of the vault's calls, killed or conflicting in its middle",
        "Whoever comes next completes it; what passes is not noticed",
        "every call of every command",
        (
            f"{_INSIDE}/test_vault.py::test_whoever_comes_next_completes_it",
            f"{_INSIDE}/test_vault.py::test_a_fault_that_passes_is_not_noticed",
        ),
    ),
)

ROWS = ON_PROCESSES + ELSEWHERE
