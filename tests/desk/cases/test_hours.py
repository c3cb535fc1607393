"""Service hours: outside them the message is taken and the time of the answer is promised."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from paydesk.desk.cases import queries, texts
from paydesk.desk.cases.models import Case
from paydesk.desk.cases.rules import CaseRefused
from paydesk.kit import clock
from tests.desk.cases.conftest import CaseFactory, as_customer, as_staff, say
from tests.factories import StaffFactory

pytestmark = pytest.mark.django_db
NIGHT = datetime(2025, 11, 19, 18, 0, tzinfo=UTC)  # Thursday, 02:00 in Shanghai
OPENS = datetime(2025, 11, 20, 0, 30, tzinfo=UTC)  # Topay's chat: 08:30


def promises(case: Case) -> list[str]:
    lines = queries.lines(case, as_customer(case.customer))
    return [
        line.entry.data["params"]["by"]
        for line in lines
        if line.entry.data.get("code") == "after_hours"
    ]


def test_inside_service_hours_nothing_is_promised(
    staffed: datetime, case_factory: CaseFactory
) -> None:
    case = case_factory()
    assert promises(case) == []
    assert case.first_response_due == staffed + timedelta(minutes=3)


def test_at_night_the_answer_is_promised_for_after_the_opening(case_factory: CaseFactory) -> None:
    with clock.travel(NIGHT):
        case = case_factory()
        due = OPENS + timedelta(minutes=3)
        assert case.first_response_due == due
        assert promises(case) == [due.isoformat()]
        say(case, as_customer(case.customer), "有人吗")
        assert len(promises(case)) == 1  # said once, however often he writes


def test_a_question_after_an_answer_gets_a_promise_of_its_own(
    case_factory: CaseFactory, staff_factory: StaffFactory
) -> None:
    with clock.travel(NIGHT - timedelta(hours=6)):
        case = case_factory()
        say(case, as_staff(staff_factory()))
        clock.advance(timedelta(hours=6))
        say(case, as_customer(case.customer), "还有一个问题")
        case.refresh_from_db()
        assert len(promises(case)) == 1
        assert case.first_response_due is not None
        assert case.first_response_due < NIGHT  # the first answer was given in time


def test_the_promise_is_read_in_ones_own_language(case_factory: CaseFactory) -> None:
    with clock.travel(NIGHT):
        case = case_factory()
        data = queries.lines(case, as_customer(case.customer))[-1].entry.data
    with translation.override("zh-hans"):
        assert "11-20 08:33 前答复" in texts.line(data, brand="topay", staff=False)
    with translation.override("en"):
        assert "answer by 20 Nov 08:33" in texts.line(data, brand="topay", staff=False)


def test_a_channel_that_the_brand_has_not_is_refused(
    staffed: datetime, case_factory: CaseFactory
) -> None:
    with pytest.raises(CaseRefused, match="channel_not_offered"):
        case_factory(channel="facebook")
    assert not Case.objects.exists()
