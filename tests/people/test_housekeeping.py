"""What lapsed by itself is removed, what still counts stays."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session

from paydesk.kit import clock
from paydesk.people.actions import housekeeping
from paydesk.people.models import RateCount

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_lapsed_counts_go() -> None:
    for name, lasts in (("old", -HOUR), ("new", HOUR)):
        RateCount.objects.create(cache_key=name, value="", expires=clock.now() + lasts)
    assert housekeeping.forget_lapsed_counts() == 1
    assert RateCount.objects.get().cache_key == "new"


def test_ended_sessions_go() -> None:
    for key, lasts in (("old", -HOUR), ("new", HOUR)):
        Session.objects.create(session_key=key, expire_date=clock.now() + lasts)
    housekeeping.forget_ended_sessions()
    assert Session.objects.get().session_key == "new"
