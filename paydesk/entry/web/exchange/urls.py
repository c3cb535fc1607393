"""Addresses of the exchange pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
