"""Attempts are counted by Django's database cache; this removes what has lapsed."""

from paydesk.kit import clock
from paydesk.people.models import RateCount


def forget_lapsed() -> int:
    """Delete lapsed counts; answer how many."""
    gone, _ = RateCount.objects.filter(expires__lt=clock.now()).delete()
    return gone
