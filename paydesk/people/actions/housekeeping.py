"""Removes what has lapsed by itself: counted attempts and ended sessions. Touches no person."""

from importlib import import_module

from django.conf import settings

from paydesk.kit import clock
from paydesk.people.models import RateCount


def forget_lapsed_counts() -> int:
    """Delete lapsed counts of attempts; answer how many."""
    gone, _ = RateCount.objects.filter(expires__lt=clock.now()).delete()
    return gone


def forget_ended_sessions() -> None:
    """Delete sessions that are past their time."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
