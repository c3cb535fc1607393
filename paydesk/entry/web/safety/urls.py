"""Addresses of the safety pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
