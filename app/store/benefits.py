"""The Benefits port on DynamoDB."""

from dataclasses import dataclass

import msgspec

from app.domain.benefits import DefinedBenefit, Exercise
from app.store import keys
from app.store.benefit_codec import BenefitRow, ExerciseRow, benefit_item, benefit_of, exercise_of
from app.store.database import Database, Put
from app.store.wire import GetAnswer, QueryAnswer, key, text

_BENEFITS = msgspec.json.Decoder(QueryAnswer[BenefitRow])
_EXERCISE = msgspec.json.Decoder(GetAnswer[ExerciseRow])


@dataclass(frozen=True, slots=True)
class DynamoBenefits:
    """See the port."""

    database: Database

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

    async def add(self, defined: DefinedBenefit) -> bool:
        """One PutItem."""
        return await self.database.put_if(Put(benefit_item(defined)))

    async def exercise(self, user_id: str, benefit_id: str, number: int) -> Exercise | None:
        """One GetItem."""
        place = key(keys.user_pk(user_id), keys.exercise_sk(benefit_id, number))
        answer = await self.database.get_item(_EXERCISE, Key=place)
        return exercise_of(answer.Item) if answer.Item else None
