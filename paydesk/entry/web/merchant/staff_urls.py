"""Addresses of the staff's pages about merchants."""

from django.urls import path

from paydesk.entry.web.merchant import staff

urlpatterns = [
    path("", staff.merchants, name="desk_merchants"),
    path("<str:number>/move/", staff.move, name="desk_merchant_move"),
]
