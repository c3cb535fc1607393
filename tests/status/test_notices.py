"""Notices: when they hold, for which part of the service, and what is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from paydesk.audit import queries as audit
from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.kit.events.models import Event
from paydesk.status import actions, queries
from paydesk.status.models import Notice
from paydesk.status.rules import NoticeRefused

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _set_clock() -> Any:
    with clock.travel(NOW):
        yield


def open_notice(**given: Any) -> Notice:
    values: dict[str, Any] = {
        "brand": "topay",
        "kind": "maintenance",
        "components": ["card_topup"],
        "title": {"zh": "银行卡充值维护", "en": "Card top-ups under maintenance"},
        "body": {"zh": "余额支付不受影响。", "en": "Paying from the balance works."},
        "actor": SYSTEM("topay"),
    }
    return actions.open_notice(**values | given)


def test_a_notice_holds_from_its_start_to_before_its_end() -> None:
    notice = open_notice(starts_at=NOW + HOUR, ends_at=NOW + 2 * HOUR)
    moments = [NOW, NOW + HOUR, NOW + 2 * HOUR - timedelta(microseconds=1), NOW + 2 * HOUR]
    held = [queries.open_notices("topay", at) == [notice] for at in moments]
    assert held == [False, True, True, False]


def test_a_notice_without_an_end_holds_until_it_is_closed() -> None:
    notice = open_notice()
    assert queries.open_notices("topay", NOW + 1000 * HOUR) == [notice]
    with clock.travel(NOW + HOUR):
        actions.close_notice(notice, actor=SYSTEM("topay"))
    assert queries.open_notices("topay", NOW + HOUR) == []
    assert queries.open_notices("topay", NOW) == [notice]


def test_closing_twice_keeps_the_first_end() -> None:
    notice = open_notice()
    with clock.travel(NOW + HOUR):
        actions.close_notice(notice, actor=SYSTEM("topay"))
    with clock.travel(NOW + 2 * HOUR):
        closed = actions.close_notice(notice, actor=SYSTEM("topay"))
    assert closed.ends_at == NOW + HOUR


def test_a_planned_notice_that_is_called_off_never_holds() -> None:
    notice = open_notice(starts_at=NOW + HOUR, ends_at=NOW + 2 * HOUR)
    actions.close_notice(notice, actor=SYSTEM("topay"))
    assert queries.open_notices("topay", NOW + HOUR) == []


def test_a_notice_is_about_its_components_or_about_everything() -> None:
    cards = open_notice()
    everything = open_notice(components=[], kind="incident")
    assert queries.open_notices("topay", NOW, "card_topup") == [cards, everything]
    assert queries.open_notices("topay", NOW, "transfer") == [everything]


def test_a_notice_is_its_brands() -> None:
    notice = open_notice()
    assert queries.open_notices("gopay", NOW) == []
    assert queries.notice("gopay", str(notice.id)) is None
    assert queries.notice("topay", str(notice.id)) == notice


def test_a_notice_reads_in_both_languages() -> None:
    notice = open_notice()
    assert notice.title("zh-hans") == "银行卡充值维护"
    assert notice.body("en") == "Paying from the balance works."


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"components": ["lift"]}, "unknown_component"),
        ({"title": {"zh": "维护"}}, "text_missing"),
        ({"body": {"zh": "维护", "en": " "}}, "text_missing"),
        ({"title": {"zh": "维" * 121, "en": "x"}}, "title_too_long"),
        ({"ends_at": NOW - HOUR}, "ends_before_start"),
    ],
)
def test_a_wrong_notice_is_refused(given: dict[str, Any], code: str) -> None:
    with pytest.raises(NoticeRefused) as refused:
        open_notice(**given)
    assert refused.value.code == code
    assert not Notice.objects.exists()


def test_opening_and_closing_are_on_record_and_told_to_the_desk() -> None:
    notice = open_notice()
    actions.close_notice(notice, actor=SYSTEM("topay"))
    done = [entry.action for entry in audit.entries_of("topay", f"notice:{notice.id}")]
    assert done == ["status.open_notice", "status.close_notice"]
    told = Event.objects.filter(subject=f"notice:{notice.id}")
    assert [event.audience for event in told] == [["desk:topay"]] * 2
