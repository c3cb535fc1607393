"""Django's name for this package."""

from django.apps import AppConfig


class WebMerchantConfig(AppConfig):
    name = "paydesk.entry.web.merchant"
    label = "web_merchant"
