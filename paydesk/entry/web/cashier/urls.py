"""Addresses of the cashier pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
