"""Addresses of the API, at a brand's door: the routes, their document, and for the rest a 404 in
the API's own words."""

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt

from paydesk.entry.api import docs
from paydesk.entry.api.answering import problem_answer
from paydesk.entry.api.api import api
from paydesk.entry.api.problems import Problem
from paydesk.entry.api.routes import money, orders, webhooks

for router in (orders.router, money.router, webhooks.router):
    api.add_router("", router)


@csrf_exempt
def nothing(request: HttpRequest, rest: str) -> HttpResponse:
    """There is no such address."""
    return problem_answer(request, Problem(404, "not_found"))


urlpatterns = [
    path("docs/", docs.docs, name="api_docs"),
    path("", api.urls),
    re_path(r"^(?P<rest>.*)$", nothing, name="api_nothing"),
]
