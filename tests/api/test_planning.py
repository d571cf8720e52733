"""Which endpoints can be called by plan: those in which nothing is unknown to plans."""

from collections.abc import Callable
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, BackgroundTasks, Body, Cookie, Depends, Header, Path, Query, Request
from fastapi.requests import HTTPConnection
from fastapi.routing import iter_route_contexts
from fastapi.security import SecurityScopes
from pydantic import Field
from starlette.responses import Response, StreamingResponse

from app.api.call_plans import CallPlan
from app.api.planning import plan_of
from app.api.routing import StrictRoute
from app.api.schemas import StrictModel
from app.api.services import Services, services_of


class Note(StrictModel):
    """For these tests."""

    text: str = ""


class Listing(StrictModel):
    """With a parameter that can be given several times."""

    ids: Annotated[list[str], Field(max_length=3)] | None = None


def plan(endpoint: Callable[..., Any], path: str = "/", **options: Any) -> CallPlan | None:
    router = APIRouter(route_class=StrictRoute)
    router.add_api_route(path, endpoint, methods=["POST"], **options)
    (context,) = iter_route_contexts(router.routes)
    return plan_of(context)


async def nothing() -> Response:
    return Response()


async def everything(
    request: Request,
    name: Annotated[str, Path(alias="id")],
    query: Annotated[Note, Query()],
    note: Note,
    services: Annotated[Services, Depends(services_of)],
    key: Annotated[str | None, Header(alias="X-Key")] = None,
) -> Response:
    return Response()


async def value() -> int:
    return 1


async def unsaid():  # type: ignore[no-untyped-def]  # an endpoint that does not say what it returns
    return Response()


async def stream() -> StreamingResponse:
    return StreamingResponse(iter([b"1"]))


def thread() -> Response:
    return Response()


async def single(limit: int = 1) -> Response:
    return Response()


async def two(first: Annotated[Note, Query()], limit: int = 1) -> Response:
    return Response()


async def maybe(query: Annotated[Note | None, Query()] = None) -> Response:
    return Response()


async def dependency(_: Annotated[Response, Depends(nothing)]) -> Response:
    return Response()


async def twice(
    one: Annotated[Services, Depends(services_of)], other: Annotated[Services, Depends(services_of)]
) -> Response:
    return Response()


async def required(key: Annotated[str, Header()]) -> Response:
    return Response()


async def default(key: Annotated[str, Header()] = "k") -> Response:
    return Response()


async def headers(key: Annotated[Note, Header()]) -> Response:
    return Response()


async def several(key: Annotated[list[str] | None, Header()] = None) -> Response:
    return Response()


async def cookie(key: Annotated[str | None, Cookie()] = None) -> Response:
    return Response()


async def background(tasks: BackgroundTasks) -> Response:
    return Response()


async def response(changed: Response) -> Response:
    return changed


async def scopes(given: SecurityScopes) -> Response:
    return Response()


async def connection(given: HTTPConnection) -> Response:
    return Response()


async def named(name: str) -> Response:
    return Response()


async def optional(note: Note | None = None) -> Response:
    return Response()


async def omitted(note: Note = Note()) -> Response:  # noqa: B008  # frozen, and for these tests only
    return Response()


async def embedded(note: Annotated[Note, Body(embed=True)]) -> Response:
    return Response()


async def bodies(first: Note, second: Note) -> Response:
    return Response()


async def listing(query: Annotated[Listing, Query()]) -> Response:
    return Response()


async def plain(text: Annotated[str, Body()]) -> Response:
    return Response()


def test_a_plan_knows_what_the_endpoint_takes() -> None:
    assert plan(nothing) == CallPlan(nothing)
    made = plan(everything, "/notes/{id}")
    assert made is not None
    assert (made.endpoint, made.request, made.services) == (everything, "request", "services")
    assert [(one.argument, one.name, one.loc) for one in made.path] == [("name", "id", ("path", "id"))]
    assert made.query is not None
    assert (made.query.argument, made.query.loc) == ("query", ("query",))
    assert made.body is not None
    assert (made.body.parameter.argument, made.body.parameter.loc) == ("note", ("body",))
    (header,) = made.headers
    assert (header.parameter.argument, header.parameter.name, header.default) == ("key", "X-Key", None)
    assert header.parameter.loc == ("header", "X-Key")


@pytest.mark.parametrize(
    "endpoint",
    [
        value,
        unsaid,
        stream,
        thread,
        single,
        two,
        maybe,
        dependency,
        twice,
        required,
        default,
        headers,
        several,
        cookie,
        background,
        response,
        scopes,
        connection,
        optional,
        omitted,
        embedded,
        bodies,
        listing,
        plain,
    ],
)
def test_what_plans_do_not_know_is_left_to_fastapi(endpoint: Callable[..., Any]) -> None:
    assert plan(endpoint) is None


def test_so_are_paths_that_are_more_than_segments_and_dependencies_of_the_route() -> None:
    assert plan(named, "/{name}") is not None
    assert plan(named, "/{name:path}") is None
    assert plan(nothing, dependencies=[Depends(nothing)]) is None
    assert plan(nothing, dependencies=[Depends(services_of)]) is not None
