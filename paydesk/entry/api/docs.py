"""The page that shows the API's document to people: our own rendering, nothing from elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from paydesk.entry.api.api import api
from paydesk.entry.api.chinese import in_chinese

Words = Callable[[str], str]
"""How a text of the document reads in the language of the page."""


@dataclass(frozen=True, slots=True)
class Field:
    """One member of a body or one parameter."""

    name: str
    kind: str
    required: bool
    text: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that the API does."""

    method: str
    path: str
    name: str
    text: str
    scope: str
    parameters: list[Field] = field(default_factory=list)
    body: list[Field] = field(default_factory=list)
    answers: list[tuple[str, str]] = field(default_factory=list)


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The document as a page, in one language throughout."""
    words: Words = str if (get_language() or "").startswith("en") else in_chinese
    document = api.get_openapi_schema(path_prefix="/api/v1/")
    groups: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            tag = words(operation.get("tags", [""])[0])
            shown = _operation(document, path, method, operation, words)
            groups.setdefault(tag, []).append(shown)
    context = {
        "groups": groups.items(),
        "title": document["info"]["title"],
        "text": words(document["info"]["description"]),
        "base": request.build_absolute_uri(reverse("wallet_home") + "api/v1"),
        "openapi": reverse("api:openapi-json"),
    }
    return render(request, "api/docs.html", context)


def _operation(
    document: Any, path: str, method: str, operation: dict[str, Any], words: Words
) -> Operation:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return Operation(
        method=method.upper(),
        path=path.removeprefix("/api/v1"),
        name=operation["operationId"].rsplit("_", 1)[-1],
        text=words(operation.get("description", "")),
        scope=operation.get("x-scope", ""),
        parameters=[
            Field(
                one["name"],
                _kind(one.get("schema", {})),
                bool(one.get("required")),
                words(one.get("description", "")),
            )
            for one in operation.get("parameters", [])
        ],
        body=_fields(document, content.get("schema", {}), words),
        answers=[
            (str(status), words(response.get("description", "")))
            for status, response in operation["responses"].items()
        ],
    )


def _fields(document: Any, schema: dict[str, Any], words: Words) -> list[Field]:
    found = _resolved(document, schema)
    required = found.get("required", [])
    return [
        Field(
            name,
            _kind(_resolved(document, one)),
            name in required,
            words(one.get("description", "")),
        )
        for name, one in found.get("properties", {}).items()
    ]


def _resolved(document: Any, schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = document["components"]["schemas"][name] if name else schema
    return found


def _kind(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " | ".join(_kind(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(str(one) for one in schema["enum"])
    kind = str(schema.get("format") or schema.get("type") or "object")
    bounds = [
        f"{word} {schema[key]}"
        for key, word in (
            ("minimum", "≥"), ("maximum", "≤"), ("maxLength", "≤"), ("maxItems", "≤"),
        )
        if key in schema
    ]  # fmt: skip
    return " ".join([kind, *bounds])
