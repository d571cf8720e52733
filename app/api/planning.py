"""Making a route's call plan from what FastAPI has found out about its endpoint."""

import inspect
from collections.abc import Collection
from typing import Any, get_args, get_origin, get_type_hints

from fastapi import params
from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext
from pydantic import BaseModel
from starlette.convertors import StringConvertor
from starlette.responses import Response

from app.api.call_plans import CallPlan
from app.api.parameters import JsonBody, OptionalHeader, Parameter
from app.api.services import services_of


def plan_of(route: RouteContext) -> CallPlan | None:
    """None for a route with anything in it that plans do not know: then FastAPI has to call its endpoint."""
    takes: Dependant = route.dependant
    endpoint = takes.call
    if endpoint is None or not (_answers_itself(endpoint) and _has_known_parts(route, takes)):
        return None
    queries = [_parameter(field, "query") for field in takes.query_params]
    bodies = [JsonBody(_parameter(field)) for field in takes.body_params]
    return CallPlan(
        endpoint=endpoint,
        path=tuple(_parameter(field, "path", field.alias) for field in takes.path_params),
        query=queries[0] if queries else None,
        headers=tuple(
            OptionalHeader(_parameter(field, "header", field.alias), field.default) for field in takes.header_params
        ),
        body=bodies[0] if bodies else None,
        request=takes.request_param_name,
        services=takes.dependencies[0].name if takes.dependencies else None,
    )


def _parameter(field: Any, *loc: str) -> Parameter:
    """A model of several parameters, and a body, is found by the place alone."""
    return Parameter(field.name, field.alias, loc or ("body",), field.validate)


def _answers_itself(endpoint: Any) -> bool:
    """Not a stream, which is more than an answer, nor a value, which FastAPI would have to make an answer of."""
    return inspect.iscoroutinefunction(endpoint) and get_type_hints(endpoint).get("return") is Response


def _has_known_parts(route: RouteContext, takes: Dependant) -> bool:
    others = (
        takes.cookie_params,
        takes.websocket_param_name,
        takes.http_connection_param_name,
        takes.response_param_name,
        takes.background_tasks_param_name,
        takes.security_scopes_param_name,
    )
    return (
        not any(others)
        and all(isinstance(convertor, StringConvertor) for convertor in route.param_convertors.values())
        and not any(_is_model(field) for field in takes.path_params)
        and [below.call for below in takes.dependencies] in ([], [services_of])
        and len(takes.query_params) <= 1
        and all(_is_query_model(field) for field in takes.query_params)
        and all(_is_optional_value(field) for field in takes.header_params)
        and len(takes.body_params) <= 1
        and all(_is_whole_body(field, route.body_field) for field in takes.body_params)
    )


def _is_model(field: Any) -> bool:
    annotation = field.field_info.annotation
    return inspect.isclass(annotation) and issubclass(annotation, BaseModel)


def _is_query_model(field: Any) -> bool:
    return _is_model(field) and not any(
        _holds_several(info.annotation) for info in field.field_info.annotation.model_fields.values()
    )


def _is_optional_value(field: Any) -> bool:
    info = field.field_info
    one = not _is_model(field) and not _holds_several(info.annotation)
    return one and not info.is_required() and not info.validate_default and field.default is None


def _is_whole_body(field: Any, body_field: Any) -> bool:
    """FastAPI puts several bodies, or one that is to be embedded, into a field that it makes itself."""
    info = field.field_info
    return field is body_field and type(info) is params.Body and info.is_required() and _is_model(field)


def _holds_several(annotation: Any) -> bool:
    """Whether it is filled from all values of a name instead of one."""
    kind = get_origin(annotation) or annotation
    is_collection = inspect.isclass(kind) and issubclass(kind, Collection) and not issubclass(kind, str | bytes)
    return is_collection or any(_holds_several(part) for part in get_args(annotation))
