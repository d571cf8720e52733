from dataclasses import replace
from datetime import date

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.benefits import Benefit, Comparison, Condition, DefinedBenefit, Exercise, Limit, Per
from app.domain.expiry import RoundUp, Validity
from app.domain.identifiers import MAX_AMOUNT
from app.domain.kickbacks import KickbackType
from app.ports.scans import Unreadable
from app.store.benefit_codec import BenefitRow, ExerciseRow, benefit_item, benefit_of, exercise_item, exercise_of
from app.store.limits import MAX_ITEM_BYTES, item_bytes
from app.store.scans import _fact
from tests.store.rows import over_the_wire
from tests.strategies import categories, days, ids, kinds, texts

CREATED = "2026-11-22T03:04:05.000000Z"
values = texts | st.integers(-MAX_AMOUNT, MAX_AMOUNT) | st.booleans()
conditions = st.one_of(
    st.builds(
        Condition,
        ids,
        st.sampled_from([Comparison.AT_LEAST, Comparison.AT_MOST]),
        st.tuples(st.integers(-MAX_AMOUNT, MAX_AMOUNT)),
    ),
    st.builds(Condition, ids, st.just(Comparison.EQUALS), st.tuples(values)),
    st.builds(Condition, ids, st.just(Comparison.ONE_OF), st.lists(values, min_size=1, max_size=4).map(tuple)),
    st.builds(Condition, ids, st.just(Comparison.PRESENT)),
)
validities = st.one_of(
    st.builds(Validity, days=st.integers(1, 36_500), round_up=st.none() | st.sampled_from(RoundUp)),
    st.builds(Validity, months=st.integers(1, 1200), round_up=st.none() | st.sampled_from(RoundUp)),
    st.builds(Validity, until=days, round_up=st.none() | st.sampled_from(RoundUp)),
)
benefits = st.builds(
    Benefit,
    ids,
    texts,
    categories,
    kinds,
    st.integers(1, MAX_AMOUNT),
    st.lists(conditions, max_size=5).map(tuple),
    st.builds(Limit, st.integers(1, 10**6), st.sampled_from(Per)),
    st.none() | st.just(CREATED),
    st.none() | st.just(CREATED),
    st.none() | validities,
)
evidence = st.dictionaries(ids, values, max_size=5)
exercises = st.builds(
    Exercise, ids, ids, ids, st.integers(1, 10**9), st.integers(1, 10**9), evidence, days, st.just(CREATED)
)


def test_a_definition_as_it_is_stored() -> None:
    benefit = Benefit(
        "video",
        "Watched",
        "VIDEO_WATCHED",
        KickbackType.POINT,
        20,
        (Condition("watchedPercent", Comparison.AT_LEAST, (90,)),),
        Limit(3, Per.DAY),
        CREATED,
        None,
        Validity(days=30, round_up=RoundUp.MONTH),
    )
    assert benefit_item(DefinedBenefit(benefit, 7, CREATED)) == {
        "PK": {"S": "BENEFIT#video"},
        "SK": {"S": "VERSION#0000000007"},
        "benefitId": {"S": "video"},
        "version": {"N": "7"},
        "name": {"S": "Watched"},
        "trigger": {"S": "VIDEO_WATCHED"},
        "benefitType": {"S": "POINT"},
        "amount": {"N": "20"},
        "conditions": {"S": '[{"field":"watchedPercent","comparison":"atLeast","values":[90]}]'},
        "times": {"N": "3"},
        "per": {"S": "DAY"},
        "validFrom": {"S": CREATED},
        "validity": {"S": '{"days":30,"roundUp":"MONTH"}'},
        "createdAt": {"S": CREATED},
    }


def test_an_exercise_as_it_is_stored() -> None:
    one = Exercise("user123", "video", "e1", 3, 7, {"watchedPercent": 95, "done": True}, date(2026, 11, 22), CREATED)
    assert exercise_item(one) == {
        "PK": {"S": "USER#user123"},
        "SK": {"S": "EXERCISED#video#0000000003"},
        "userId": {"S": "user123"},
        "benefitId": {"S": "video"},
        "exerciseId": {"S": "e1"},
        "number": {"N": "3"},
        "benefitVersion": {"N": "7"},
        "evidence": {"S": '{"watchedPercent":95,"done":true}'},
        "exercisedOn": {"S": "2026-11-22"},
        "createdAt": {"S": CREATED},
    }


@settings(max_examples=100)
@given(benefits, st.integers(1, 10**9))
def test_a_definition_is_whole_after_it_was_stored(benefit: Benefit, version: int) -> None:
    defined = DefinedBenefit(benefit, version, CREATED)
    read = benefit_of(over_the_wire(benefit_item(defined), BenefitRow))
    assert read == defined
    assert repr(read) == repr(defined)  # which tells 1 from True
    assert repr(_fact(msgspec.Raw(msgspec.json.encode(benefit_item(defined))))) == repr(defined)


@settings(max_examples=100)
@given(exercises)
def test_an_exercise_is_whole_after_it_was_stored(exercise: Exercise) -> None:
    read = exercise_of(over_the_wire(exercise_item(exercise), ExerciseRow))
    assert repr(read) == repr(exercise)
    assert repr(_fact(msgspec.Raw(msgspec.json.encode(exercise_item(exercise))))) == repr(exercise)


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("conditions", {"S": "[{}]"}),
        ("conditions", {"S": "{"}),
        ("validity", {"S": '{"days":"x"}'}),
        ("per", {"S": "WEEK"}),
        ("amount", {"N": "x"}),
        ("benefitId", {"S": "another"}),
        ("version", {"N": "8"}),
    ],
)
def test_a_scan_tells_a_damaged_definition(attribute: str, value: dict[str, str]) -> None:
    benefit = Benefit("video", "Watched", "VIDEO_WATCHED", KickbackType.POINT, 20)
    item = benefit_item(DefinedBenefit(benefit, 7, CREATED)) | {attribute: value}
    found = _fact(msgspec.Raw(msgspec.json.encode(item)))
    assert isinstance(found, Unreadable)
    assert found.key == "BENEFIT#video|VERSION#0000000007"


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("evidence", {"S": "[]"}),
        ("evidence", {"S": '{"x":1.5}'}),
        ("exercisedOn", {"S": "2026-02-30"}),
        ("number", {"N": "4"}),
        ("userId", {"S": "another"}),
        ("exerciseId", {"N": "1"}),
    ],
)
def test_a_scan_tells_a_damaged_exercise(attribute: str, value: dict[str, str]) -> None:
    one = Exercise("user123", "video", "e1", 3, 7, {}, date(2026, 11, 22), CREATED)
    found = _fact(msgspec.Raw(msgspec.json.encode(exercise_item(one) | {attribute: value})))
    assert isinstance(found, Unreadable)


def test_the_largest_fit() -> None:
    longest = "x" * 64
    condition = Condition(longest, Comparison.ONE_OF, ("店" * 256,) * 20)
    benefit = Benefit(longest, "店" * 256, "X" * 32, KickbackType.POINT, MAX_AMOUNT, (condition,) * 20)
    assert item_bytes(benefit_item(DefinedBenefit(benefit, 1, CREATED))) < MAX_ITEM_BYTES
    fields = {f"{number:064d}": "店" * 256 for number in range(20)}
    exercise = Exercise(longest, longest, longest, 1, 1, fields, date.max, CREATED)
    assert item_bytes(exercise_item(replace(exercise, number=10**9))) < MAX_ITEM_BYTES
