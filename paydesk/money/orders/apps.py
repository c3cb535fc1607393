"""Django's name for this package."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "paydesk.money.orders"
    label = "orders"
