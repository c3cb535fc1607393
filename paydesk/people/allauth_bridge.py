"""The one place for allauth's hooks (being written)."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend


class DoorAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's hooks."""


class DoorBackend(AuthenticationBackend):  # type: ignore[misc]
    """Sign-in inside a brand."""
