"""The Benefits port on DynamoDB."""

from dataclasses import dataclass

import msgspec

from app.domain.benefits import DefinedBenefit, Exercise
from app.ports.audit import AuditRow
from app.store import keys
from app.store.audit_codec import audit_item
from app.store.benefit_codec import BenefitRow, ExerciseRow, benefit_item, benefit_of, exercise_of
from app.store.cancellations import taken_items
from app.store.database import Cancelled, Database, Put
from app.store.wire import GetAnswer, QueryAnswer, key, text

_BENEFITS = msgspec.json.Decoder(QueryAnswer[BenefitRow])
_EXERCISE = msgspec.json.Decoder(GetAnswer[ExerciseRow])


@dataclass(frozen=True, slots=True)
class DynamoBenefits:
    """See the port."""

    database: Database
    audit_shards: int = 16

    async def newest(self, benefit_id: str) -> DefinedBenefit | None:
        """One Query backwards, of one item."""
        answer = await self.database.query(
            _BENEFITS,
            KeyConditionExpression="PK = :pk",
            ExpressionAttributeValues={":pk": text(keys.benefit_pk(benefit_id))},
            ScanIndexForward=False,
            Limit=1,
            ConsistentRead=True,
        )
        return benefit_of(answer.Items[0]) if answer.Items else None

    async def add(self, defined: DefinedBenefit, *, audit: AuditRow, token: str) -> bool:
        """One TransactWriteItems."""
        puts = [Put(benefit_item(defined)), Put(audit_item(audit, shards=self.audit_shards))]
        try:
            await self.database.put_together(puts, token=token)
        except Cancelled as cancelled:
            taken_items(cancelled.reasons)  # raises where nothing was there and nobody else was writing
            return False
        return True

    async def exercise(self, user_id: str, benefit_id: str, number: int) -> Exercise | None:
        """One GetItem."""
        place = key(keys.user_pk(user_id), keys.exercise_sk(benefit_id, number))
        answer = await self.database.get_item(_EXERCISE, Key=place)
        return exercise_of(answer.Item) if answer.Item else None
