"""Addresses of the merchant pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
