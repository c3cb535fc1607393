"""Addresses of the simulated provider's pages, at no brand's door."""

from django.urls import path

from paydesk.entry.web.simulated import pages

urlpatterns = [
    path("orders/<uuid:reference>", pages.order, name="simulated_order"),
    path("cards/<uuid:reference>", pages.card, name="simulated_card"),
]
