"""The API, version 1: one router for each noun, one shape for every refusal, and the description of it all."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path, re_path
from ninja import NinjaAPI
from ninja.operation import Operation

from aimline.api import (
    cycles,
    grounds,
    loads,
    me,
    measures,
    nodes,
    people,
    points,
    series,
    students,
    teams,
    theories,
    units,
)
from aimline.api.door import Bearer, public
from aimline.api.errors import Problem, listen, problem
from aimline.core.errors import NotFound

PREFIX = "/api/v1/"
DESCRIPTION = (
    "Everything the pages show and do, for programs. Send a token as `Authorization: Bearer`; it acts with the rights "
    "of its person. Every refusal has a code, a message, facts and fields. Points and results of small groups come "
    "without numbers."
)


class Api(NinjaAPI):
    def get_openapi_operation_id(self, operation: Operation) -> str:
        """An operation is named like its function; the name is part of the contract."""
        return operation.view_func.__name__


def _assemble() -> NinjaAPI:
    made = Api(
        title="Aimline",
        version="1",
        description=DESCRIPTION,
        auth=Bearer(),
        openapi_url=None,
        docs_url=None,
        urls_namespace="api-v1",
    )
    listen(made)
    for prefix, room in {
        "me": me,
        "units": units,
        "people": people,
        "students": students,
        "teams": teams,
        "measures": measures,
        "series": series,
        "theories": theories,
        "cycles": cycles,
    }.items():
        made.add_router(prefix, room.router)
    made.add_router("theories", nodes.router)
    made.add_router("theories", grounds.router)
    made.add_router("", points.router)
    made.add_router("", loads.router)
    return made


api = _assemble()


@cache
def spec() -> dict[str, Any]:
    """Return the description of the API (OpenAPI 3.1), for programs, the snapshot and the reference page."""
    described: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=PREFIX))
    described["components"]["schemas"]["Problem"] = Problem.json_schema()
    refused = {"schema": {"$ref": "#/components/schemas/Problem"}}
    for operations in described["paths"].values():
        for operation in operations.values():
            operation["responses"]["default"] = {
                "description": "Refused, with the reason",
                "content": {"application/json": refused},
            }
    return described


def openapi(request: HttpRequest) -> HttpResponse:
    return JsonResponse(spec())


def nothing(request: HttpRequest, rest: str = "") -> HttpResponse:
    return problem(NotFound())


def _public(pattern: URLPattern) -> URLPattern:
    pattern.callback = public(pattern.callback)
    return pattern


def _urls() -> list[URLPattern]:
    listed, _app, _namespace = api.urls
    operations = [
        _public(each) for each in listed if isinstance(each, URLPattern) and each.name != "api-root"
    ]
    described = path("openapi.json", public(openapi), name="openapi")
    return [described, *operations, re_path(r"^(?P<rest>.*)$", public(nothing))]


urlpatterns = _urls()
app_name = "api"
