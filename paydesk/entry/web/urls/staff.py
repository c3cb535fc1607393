"""Addresses of the staff: below /desk/ in the demo, at the staff's own host otherwise."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("paydesk.entry.web.accounts.staff_urls")),
    path("operations/", include("paydesk.entry.web.operations.urls")),
    path("", include("paydesk.entry.web.desk.urls")),
]
