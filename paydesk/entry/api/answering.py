"""Answers of the routes as HTTP: JSON, or a problem in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from paydesk.entry.api.problems import MEDIA_TYPE, Problem, encode, lang_of


def answer(
    request: HttpRequest, status: int, body: Any, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """A JSON answer."""
    response = HttpResponse(encode(body), content_type="application/json", status=status)
    for name, value in (headers or {}).items():
        response[name] = value
    return response


def problem_answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """A problem, in the language that the request likes best."""
    lang = lang_of(request.headers.get("Accept-Language", ""))
    response = HttpResponse(
        encode(problem.body(lang)), content_type=MEDIA_TYPE, status=problem.status
    )
    response["Content-Language"] = lang
    for name, value in problem.headers.items():
        response[name] = value
    return response
