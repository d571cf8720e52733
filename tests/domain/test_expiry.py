from datetime import date

import pytest

from app.domain.expiry import Validity


@pytest.mark.parametrize(
    ("validity", "earned_on", "last_day"),
    [
        (Validity(days=7), "2022-10-01", "2022-10-08"),
        (Validity(days=180), "2023-05-01", "2023-10-28"),
        (Validity(days=1), "2024-02-28", "2024-02-29"),
        (Validity(days=366), "2024-02-29", "2025-03-01"),
        (Validity(months=1), "2024-01-31", "2024-02-29"),
        (Validity(months=12), "2024-02-29", "2025-02-28"),
        (Validity(months=48), "2024-02-29", "2028-02-29"),
        (Validity(days=7, months=1), "2022-10-01", "2022-11-01"),  # months instead of days
        (Validity(), "2022-10-01", None),
    ],
)
def test_the_last_day_that_counts(validity: Validity, earned_on: str, last_day: str | None) -> None:
    expected = date.fromisoformat(last_day) if last_day else None
    assert validity.last_day(date.fromisoformat(earned_on)) == expected
