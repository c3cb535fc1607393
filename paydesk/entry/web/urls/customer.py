"""Addresses of a brand's customers: below /<brand>/ in the demo, at the brand's host otherwise."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("paydesk.entry.web.accounts.urls")),
    path("support/", include("paydesk.entry.web.support.urls")),
    path("", include("paydesk.entry.web.wallet.urls")),
]
