"""Django's name for this package."""

from django.apps import AppConfig


class MerchantsConfig(AppConfig):
    name = "paydesk.money.merchants"
    label = "merchants"
