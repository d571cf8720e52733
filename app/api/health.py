"""GET /health/live, /health/ready, /metrics: for machines."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from app.api.errors import problems
from app.api.problems import UNAVAILABLE, unavailable
from app.api.routing import StrictRoute
from app.api.services import Services, services_of
from app.telemetry import REGISTRY

router = APIRouter(route_class=StrictRoute, tags=["operations"])


@router.get("/health/live", response_model=dict[str, str], summary="The process is up")
async def get_live() -> Response:
    """Asks nobody else."""
    return Response(b'{"status":"live"}', media_type="application/json")


@router.get(
    "/health/ready",
    response_model=dict[str, str],
    summary="The tables can be reached",
    responses=problems(UNAVAILABLE),
)
async def get_ready(request: Request, services: Annotated[Services, Depends(services_of)]) -> Response:
    """503 while draining, and while DynamoDB does not answer."""
    if request.app.state.draining:
        raise unavailable("The service is about to stop.")
    if not await services.is_reachable():
        raise unavailable("DynamoDB cannot be reached.")
    return Response(b'{"status":"ready"}', media_type="application/json")


@router.get("/metrics", summary="Prometheus metrics", response_class=Response)
async def get_metrics() -> Response:
    """Text exposition format."""
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)
