"""Addresses that providers call, below /hooks/. No session, no page, no brand's door."""

from django.urls import path

from paydesk.entry.hooks.payments import notified

app_name = "hooks"
urlpatterns = [path("<slug:provider>/<slug:brand>", notified, name="notified")]
