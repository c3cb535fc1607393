"""Addresses of the exchange pages."""

from django.urls import path

from paydesk.entry.web.exchange import pages

urlpatterns = [
    path("", pages.start, name="exchange_start"),
    path("preview/", pages.preview, name="exchange_preview"),
]
