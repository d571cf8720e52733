from datetime import date

from app.domain.periods import DateRange
from app.store.indexes import ItemKey, card_index, category_index
from app.store.purchase_codec import purchase_item
from app.store.sharding import ShardCounts
from tests.purchases import purchase
from tests.store.rows import line_row

MAY = DateRange(date(2023, 5, 1), date(2023, 5, 31))


def test_one_shard_of_a_category_is_asked_for_newest_first() -> None:
    assert category_index(ShardCounts(16)).request("GROCERY", 7, MAY) == {
        "IndexName": "CategoryIndex",
        "KeyConditionExpression": "GSI1PK = :pk AND GSI1SK BETWEEN :first AND :last",
        "ExpressionAttributeValues": {
            ":pk": {"S": "CATEGORY#GROCERY#shard07"},
            ":first": {"S": "2023-05-01"},
            ":last": {"S": "2023-05-31"},
        },
        "ScanIndexForward": False,
    }


def test_one_shard_of_a_card_with_open_ends() -> None:
    request = card_index(ShardCounts(4)).request("card456", 0, DateRange())
    assert request["IndexName"] == "CardIndex"
    assert request["ExpressionAttributeValues"] == {
        ":pk": {"S": "CARD#card456#shard00"},
        ":first": {"S": "0000-00-00"},
        ":last": {"S": "9999-12-31"},
    }


def test_a_shard_resumes_behind_a_stored_item() -> None:
    item = purchase_item(purchase(), category_shards=1, card_shards=1)
    where = ItemKey.of(line_row(purchase()))
    for index, key, attributes in (
        (category_index(ShardCounts(1)), "GROCERY", ("PK", "SK", "GSI1PK", "GSI1SK")),
        (card_index(ShardCounts(1)), "card456", ("PK", "SK", "GSI2PK", "GSI2SK")),
    ):
        assert index.start_after(key, 0, where) == {name: item[name] for name in attributes}
