"""Django's name for this package."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "paydesk.approvals"
    label = "approvals"
