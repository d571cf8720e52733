"""Rows of different periods or categories as one."""

from collections.abc import Iterable

from app.domain.groups import merged
from app.domain.view_rows import Naming, Part, ViewRow


def sum_of(rows: Iterable[ViewRow], *, with_users: bool = False) -> ViewRow:
    """What counting everything in one row would have given; its marks are left out, and its users unless asked for."""
    total = ViewRow()
    for row in rows:
        total.totals.merge(row.totals)
        total.naming = newer(total.naming, row.naming)
        for key, part in row.parts.items():
            own = total.parts.get(key)
            if own is None:
                own = total.parts[key] = Part()
            own.totals.merge(part.totals)
            own.naming = newer(own.naming, part.naming)
        if with_users:
            total.users = merged(total.users, row.users)
    return total


def newer(one: Naming, other: Naming) -> Naming:
    """The name that is to be shown."""
    return other if other.named_at > one.named_at else one
