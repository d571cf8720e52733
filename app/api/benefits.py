"""PUT and GET /benefits/{benefitId}, POST /users/{id}/benefits/{benefitId}/exercises"""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Path, Response
from pydantic import ConfigDict, Field

from app.api.benefit_answers import BenefitAnswer, ExerciseAnswer, benefit_document
from app.api.benefit_body import BenefitBody
from app.api.commands import IfMatch, command_response, command_responses, fingerprint_of
from app.api.errors import problems
from app.api.evidence import EvidenceFields
from app.api.problems import (
    CONDITION_NOT_MET,
    NOT_FOUND,
    PAYLOAD_TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    VERSION_CONFLICT,
    Problem,
)
from app.api.routing import StrictRoute
from app.api.schemas import Id, StrictModel, example
from app.api.services import Services, services_of
from app.commands.asked import Asked
from app.commands.define_benefit import Defining, define_benefit
from app.commands.exercise_benefit import Exercising, exercise_benefit
from app.ports.ledger import CommandId, CommandKind

router = APIRouter(route_class=StrictRoute, tags=["benefits"])

BenefitId = Annotated[Id, Path(alias="benefitId", openapi_examples=example("video"))]


class ExerciseBody(StrictModel):
    """An exercise, and the evidence for it: up to 20 fields, each a text, a whole number, true or false."""

    model_config = ConfigDict(
        title="Exercise", json_schema_extra={"examples": [{"exerciseId": "e1", "evidence": {"watchedPercent": 95}}]}
    )

    exercise_id: Id
    evidence: EvidenceFields = Field({})


@router.put(
    "/benefits/{benefitId}",
    status_code=201,
    response_model=BenefitAnswer,
    summary="Define a benefit, or define it anew",
    responses={
        200: {"model": BenefitAnswer, "description": "A new version, or what the newest one says already"},
        **problems(PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE),
    },
)
async def put_benefit(
    body: BenefitBody, benefit_id: BenefitId, services: Annotated[Services, Depends(services_of)]
) -> Response:
    """The same content again writes nothing, other content is a new version: versions are never changed, and each
    exercise names the one it was judged by."""
    posting = services.posting
    defining = Defining(services.benefits, posting.backoff, posting.now, posting.new_token, posting.caller)
    outcome = await define_benefit(body.benefit(benefit_id), using=defining)
    return Response(
        msgspec.json.encode(benefit_document(outcome.defined)),
        status_code=201 if outcome.written and outcome.defined.version == 1 else 200,
        media_type="application/json",
        headers={} if outcome.written else {"Idempotency-Replayed": "true"},
    )


@router.get(
    "/benefits/{benefitId}",
    response_model=BenefitAnswer,
    summary="A benefit's newest definition",
    responses=problems(NOT_FOUND),
)
async def get_benefit(benefit_id: BenefitId, services: Annotated[Services, Depends(services_of)]) -> Response:
    """What exercises are judged by."""
    defined = await services.benefits.newest(benefit_id)
    if defined is None:
        raise Problem(NOT_FOUND, "No benefit has this id.")
    return Response(msgspec.json.encode(benefit_document(defined)), media_type="application/json")


@router.post(
    "/users/{id}/benefits/{benefitId}/exercises",
    status_code=201,
    response_model=ExerciseAnswer,
    summary="Exercise a benefit and earn what it gives",
    responses=command_responses(ExerciseAnswer, NOT_FOUND, CONDITION_NOT_MET, VERSION_CONFLICT),
)
async def post_exercise(
    body: ExerciseBody,
    user_id: Annotated[Id, Path(alias="id", openapi_examples=example("hanako"))],
    benefit_id: BenefitId,
    services: Annotated[Services, Depends(services_of)],
    if_match: IfMatch = None,
) -> Response:
    """Once for each exerciseId. Where a condition does not hold, `condition` names the first one: a condition of the
    evidence, `validFrom`, `validTo`, or the limit."""
    said: dict[str, Any] = {"exerciseId": body.exercise_id, "benefitId": benefit_id, "evidence": body.evidence}
    command_id = CommandId(CommandKind.EXERCISE, user_id, (benefit_id, body.exercise_id))
    asked = Asked(command_id, fingerprint_of(said), said, if_match)
    using = Exercising(services.posting, services.benefits, services.recording.rules.validity)
    outcome = await exercise_benefit(asked, body.evidence, using=using)
    return command_response(outcome)
