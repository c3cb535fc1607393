"""Addresses at no brand's door: health, and in the demo the front page and the mailbox."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def healthz(request: HttpRequest) -> HttpResponse:
    """Answers as long as the process serves requests; asks nothing of the database."""
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("hooks/", include("paydesk.entry.hooks.urls")),
    path("simulated/", include("paydesk.entry.web.simulated.urls")),
    path("", include("paydesk.entry.web.demo.urls")),
]

handler400 = "paydesk.entry.web.trouble.bad_request"
handler500 = "paydesk.entry.web.trouble.server_error"
