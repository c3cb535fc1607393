"""The API object: keys at the door, problems for errors, and the OpenAPI document they make.

Mounted at each brand's door; a key opens its own brand's only.
"""

import logging
from typing import Any, cast

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.security.http import HttpBearer

from paydesk.entry.api import disbursing, doorman, problems, schemas
from paydesk.entry.api.answering import problem_answer
from paydesk.entry.api.disbursing import Asked
from paydesk.entry.api.problems import Problem
from paydesk.entry.away import AWAY
from paydesk.entry.web.realm import door_of
from paydesk.money.merchants.access import Caller, NotFound
from paydesk.money.merchants.rules import Scope
from paydesk.money.orders import access as orders

log = logging.getLogger(__name__)

DESCRIPTION = (
    "Take payments, give refunds, pay customers. Amounts are integers in minor units. Errors are"
    " RFC 9457 problems with a stable `code`. Lists are paged by key: give `next` back as `after`."
)
_ERRORS = (400, 401, 403, 404, 408, 409, 413, 422, 429, 503)
_PLAIN = {400, 408, 413, 503}  # may also come from before the API, as plain text


class Bearer(HttpBearer):
    """A key with one scope, as `Authorization: Bearer pd_…`."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Caller:
        return self.authenticate(request, doorman.bearer(request.headers.get(self.header, "")))

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """The caller behind the key. Raises Problem."""
        brand = door_of(request).brand
        assert brand
        return doorman.admit(doorman.find(brand.code, [token]).get(token), self.scope)


def caller_of(request: HttpRequest) -> Caller:
    """Who calls: what `Bearer` found."""
    return cast(Caller, cast(Any, request).auth)


def responses(status: int, schema: type[Any] | None) -> dict[int, type[Any] | None]:
    """What a route may answer: its own answer, and every kind of problem."""
    return {status: schema, **dict.fromkeys(_ERRORS, schemas.Problem)}


class MerchantApi(NinjaAPI):
    """django-ninja with problems under their own media type in the document."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: Any = None
    ) -> OpenAPISchema:
        """The OpenAPI 3.1 document."""
        document = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        for path in document["paths"].values():
            for operation in path.values():
                for status, response in operation["responses"].items():
                    content = response.get("content")
                    if content and int(status) >= 400:
                        response["content"] = _as_problem(int(status), content)
        return document


def _as_problem(status: int, content: dict[str, Any]) -> dict[str, Any]:
    found = {problems.MEDIA_TYPE: content.get("application/json", content)}
    if status in _PLAIN:
        found["text/plain"] = {"schema": {"type": "string"}}
    return found


api = MerchantApi(
    title="Paydesk for merchants",
    version="1",
    description=DESCRIPTION,
    openapi_url="/openapi.json",
    docs_url=None,
    urls_namespace="api",
)


@api.exception_handler(Problem)
def _on_problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    return problem_answer(request, problem)


@api.exception_handler(ValidationError)
def _on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    if request.method == "POST" and request.path_info.endswith("/v1/disbursements"):
        typed, key = (
            disbursing.with_fraction(request.body),
            request.headers.get("Idempotency-Key", ""),
        )
        if typed and len(error.errors) == 1:
            [result] = disbursing.disburse([Asked(caller_of(request), key, *typed)])
            if isinstance(result, Problem):
                return problem_answer(request, result)
    return problem_answer(request, problems.invalid(error.errors))


@api.exception_handler(HttpError)
def _on_http(request: HttpRequest, error: HttpError) -> HttpResponse:
    code = "malformed" if error.status_code == 400 else "refused"
    return problem_answer(request, Problem(error.status_code, code))


@api.exception_handler(RequestDataTooBig)
def _on_too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return problem_answer(request, Problem(413, "too_large"))


def _on_missing(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    return problem_answer(request, Problem(404, "not_found"))


for _missing in (Http404, NotFound, orders.NotFound):
    api.add_exception_handler(_missing, _on_missing)


def _on_away(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    log.error("a request to the API found no database", exc_info=cast(Exception, error))
    return problem_answer(request, problems.unavailable())


for _away in AWAY:
    api.add_exception_handler(_away, _on_away)


@api.exception_handler(Exception)
def _on_fault(request: HttpRequest, error: Exception) -> HttpResponse:
    log.exception("a request to the API failed")
    return problem_answer(request, Problem(500, "fault"))
