"""Addresses that providers call, below /hooks/. No session, no page, no brand's door."""

from django.urls import path

from paydesk.entry.hooks.payments import simulated

app_name = "hooks"
urlpatterns = [path("simulated/<slug:brand>", simulated, name="simulated")]
