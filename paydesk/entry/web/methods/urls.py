"""Addresses of the methods pages."""

from django.urls import path

from paydesk.entry.web.methods import pages, returning

urlpatterns = [
    path("", pages.listing, name="methods_list"),
    path("add", pages.add, name="methods_add"),
    path("added/<uuid:saving_id>", pages.added, name="methods_added"),
    path("<uuid:method_id>/default", pages.make_default, name="methods_default"),
    path("<uuid:method_id>/remove", pages.remove, name="methods_remove"),
    path("back/<str:number>", returning.came_back, name="methods_back"),
    path("pay/<str:number>", returning.go_on, name="methods_pay"),
]
