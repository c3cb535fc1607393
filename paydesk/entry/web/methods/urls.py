"""Addresses of the methods pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
