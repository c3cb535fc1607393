"""Addresses of the refunds pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
