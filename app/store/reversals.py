"""How the ledger keeps a reversal beside its entries: as an item of the history."""

from dataclasses import dataclass

from app.domain.reversals import Reversal
from app.store.purchase_codec import reversal_item
from app.store.sharding import ShardCounts
from app.store.wire import Item


@dataclass(frozen=True, slots=True)
class ReversalEncoder:
    """Shard counts are those that new items are spread over."""

    category_shards: ShardCounts
    card_shards: ShardCounts

    def __call__(self, reversal: Reversal) -> Item:
        """The item."""
        return reversal_item(
            reversal,
            category_shards=self.category_shards.of_key(reversal.line.category),
            card_shards=self.card_shards.of_key(reversal.line.card_id),
        )
