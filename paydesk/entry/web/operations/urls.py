"""Addresses of the operations pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
