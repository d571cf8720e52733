"""Names in rows of views."""

from itertools import permutations

import pytest

from app.domain.totals import Figures
from app.domain.view_rows import Counted, ViewRow
from tests.fakes.documents import figures_of
from tests.purchases import EXAMPLE

OLD = figures_of(EXAMPLE)
NEW = OLD._replace(transaction_id="txn002", created_at="2023-05-01T13:00:00.000000Z")


def row(*counted: tuple[Figures, str | None]) -> ViewRow:
    """With these counted under these names, in a part too."""
    found = ViewRow()
    for figures, name in counted:
        found.add(figures, Counted(name=name, part="a", part_name=name))
    return found


@pytest.mark.parametrize("count_change", [0, -1])
def test_a_reversal_brings_no_old_name_back(count_change: int) -> None:
    back = OLD._replace(
        transaction_id="txn001#v1",
        created_at="2023-06-01T00:00:00.000000Z",
        transaction_amount=-OLD.transaction_amount,
        kickback_amount=-OLD.kickback_amount,
        count_change=count_change,
    )
    for order in permutations([(OLD, "old"), (NEW, "new"), (back, "old")]):
        found = row(*order)
        assert (found.naming.name, found.parts["a"].naming.name) == ("new", "new")
        assert found.totals.count == 2 + count_change


def test_the_newest_purchase_names_it_whatever_the_order() -> None:
    assert row((NEW, "new"), (OLD, "old")).naming.name == "new"
    assert row((OLD, "old"), (NEW, None)).naming.name == "old"
