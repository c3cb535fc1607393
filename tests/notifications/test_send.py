"""Messages: stored as sent, delivered once, tried again, never keeping what opens an account."""

import smtplib
from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.template import TemplateDoesNotExist
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from paydesk.brands import profiles
from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.notifications import actions, queries, rules, sealing
from paydesk.notifications.models import DemoMail, Message, State
from paydesk.notifications.transports import DeliveryProblem, SmtpTransport

pytestmark = pytest.mark.django_db
LINK = "https://topay.example/accounts/password/new/4f-c0ffee/?a=1&b=2"


def send(**changed: object) -> Message:
    values = {
        "brand": "topay",
        "to_kind": "mail",
        "to_address": "chen@example.com",
        "user": None,
        "template": "people/reset",
        "lang": "zh-hans",
        "params": {"name": "陈晓雯"},
        "secrets": {"link": LINK},
        "actor": SYSTEM("topay"),
    } | changed
    with transaction.atomic():
        return actions.send(**values)  # type: ignore[arg-type]


def everything_stored() -> str:
    """All that the database holds of messages and their jobs, as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(m)::text FROM notifications_message m")
        rows = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT args::text FROM procrastinate_jobs")
        return "\n".join(rows + [row[0] for row in cursor.fetchall()])


def test_is_stored_as_sent_with_template_version_and_language() -> None:
    message = send()
    assert (message.template, message.version, message.lang) == ("people/reset", 1, "zh-hans")
    assert message.subject == "重设您的 Topay 密码"
    assert "陈晓雯，您好！" in message.text
    assert message.state == State.QUEUED
    job = ProcrastinateJob.objects.get(task_name=actions.DELIVER)
    assert job.args == {"message_ids": [str(message.id)]}


def test_a_code_does_not_stand_in_line_behind_confirmations() -> None:
    for _ in range(3):
        send(template="people/unfrozen", secrets=None)
    waited_for = send()
    first = ProcrastinateJob.objects.filter(status="todo").order_by("-priority", "id")[0]
    assert first.args == {"message_ids": [str(waited_for.id)]}


def test_speaks_the_readers_language_in_the_brands_name() -> None:
    message = send(lang="en", brand="tpwallet")
    name = profiles.get("tpwallet").name("en")
    assert message.subject == f"Reset your {name} password"


def test_a_rolled_back_change_sends_nothing() -> None:
    def send_and_fail() -> None:
        with transaction.atomic():
            send()
            raise RuntimeError("undone")

    with pytest.raises(RuntimeError, match="undone"):
        send_and_fail()
    assert not Message.objects.exists()
    assert not ProcrastinateJob.objects.filter(task_name=actions.DELIVER).exists()


def test_delivery_puts_the_link_in_and_then_forgets_it() -> None:
    message = send()
    assert LINK not in everything_stored()
    assert rules.mark("link") in message.text
    assert sealing.unseal(bytes(message.sealed)) == {"link": LINK}

    actions.deliver([message.id])
    message.refresh_from_db()
    assert (message.state, bytes(message.sealed)) == (State.SENT, b"")
    assert LINK not in everything_stored()
    arrived = DemoMail.objects.get(message=message)
    assert LINK in arrived.text
    assert LINK.replace("&", "&amp;") in arrived.html


def test_the_key_is_not_in_the_database(settings: Settings) -> None:
    message = send()
    settings.SECRET_KEY = "another installation's"
    actions.deliver([message.id])
    message.refresh_from_db()
    assert (message.state, message.problem) == (State.FAILED, "unopenable")
    assert bytes(message.sealed) == b""


def test_a_broken_message_holds_up_none_of_its_job() -> None:
    first, broken, last = send(), send(), send()
    Message.objects.filter(id=broken.id).update(text=rules.mark("nobody_knows"))
    with pytest.raises(DeliveryProblem):
        actions.deliver([first.id, broken.id, last.id])
    assert set(DemoMail.objects.values_list("message_id", flat=True)) == {first.id, last.id}
    broken.refresh_from_db()
    assert (broken.state, broken.problem, broken.tries) == (State.QUEUED, "broken", 1)


def test_delivering_twice_sends_once(settings: Settings) -> None:
    settings.DEMO = False
    message = send()
    actions.deliver([message.id])
    actions.deliver([message.id])
    assert len(mail.outbox) == 1
    sent = mail.outbox[0]
    assert sent.to == ["chen@example.com"]
    assert sent.from_email == f"Topay <{profiles.get('topay').contacts.email}>"
    assert LINK in sent.body
    assert not DemoMail.objects.exists()


@pytest.mark.parametrize(
    ("error", "code", "permanent"),
    [
        (smtplib.SMTPServerDisconnected("gone"), "unreachable", False),
        (ConnectionRefusedError(), "unreachable", False),
        (smtplib.SMTPRecipientsRefused({}), "refused", True),
    ],
)
def test_trouble_is_told_apart(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    code: str,
    permanent: bool,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    settings.DEMO = False
    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", fail)
    message = send()
    if permanent:
        actions.deliver([message.id])
    else:
        with pytest.raises(DeliveryProblem):
            actions.deliver([message.id])
    message.refresh_from_db()
    expected = State.FAILED if permanent else State.QUEUED
    assert (message.state, message.problem, message.tries) == (expected, code, 1)


def test_gives_up_after_so_many_tries_and_wipes_the_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    class Dead:
        def send(self, message: object) -> None:
            raise DeliveryProblem("unreachable")

    monkeypatch.setattr(actions, "transport_for", lambda kind: Dead())
    message = send()
    for _ in range(rules.MAX_TRIES - 1):
        with pytest.raises(DeliveryProblem):
            actions.deliver([message.id])
    actions.deliver([message.id])
    message.refresh_from_db()
    assert (message.state, message.tries) == (State.FAILED, rules.MAX_TRIES)
    assert bytes(message.sealed) == b""


def test_works_again_after_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    class Dead:
        def send(self, message: object) -> None:
            raise DeliveryProblem("unreachable")

    message = send()
    with monkeypatch.context() as trouble:
        trouble.setattr(actions, "transport_for", lambda kind: Dead())
        with pytest.raises(DeliveryProblem):
            actions.deliver([message.id])
    actions.deliver([message.id])
    message.refresh_from_db()
    assert (message.state, message.tries, message.problem) == (State.SENT, 2, "")


def test_what_lost_its_job_fails_in_the_end() -> None:
    old = send()
    with clock.travel(clock.now() + rules.STALE_AFTER + timedelta(minutes=1)):
        young = send()
        assert actions.give_up_stale() == 1
    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.state, bytes(old.sealed), young.state) == (State.FAILED, b"", State.QUEUED)


def test_sms_without_a_provider_says_so(settings: Settings) -> None:
    settings.DEMO = False
    message = send()
    Message.objects.filter(id=message.id).update(to_kind="sms")
    actions.deliver([message.id])
    message.refresh_from_db()
    assert (message.state, message.problem) == (State.FAILED, "no_sms_provider")


def test_names_can_smuggle_nothing_in() -> None:
    message = send(params={"name": "<b>x</b> ⟦link⟧\n\nsubject: gotcha"})
    assert message.subject == "重设您的 Topay 密码"
    assert message.text.count(rules.mark("link")) == 1
    assert "<b>x</b> [link] subject: gotcha" in message.text
    assert "<b>" not in message.html


def test_needs_a_transaction_and_a_template(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TemplateDoesNotExist):
        send(template="people/none")
    monkeypatch.setattr(actions, "connection", SimpleNamespace(in_atomic_block=False))
    with pytest.raises(RuntimeError, match="transaction"):
        actions.send(
            brand="topay", to_kind="mail", to_address="a@example.com", user=None,
            template="people/reset", lang="en", params={}, actor=SYSTEM("topay"),
        )  # fmt: skip


def test_the_database_keeps_no_secret_of_what_has_left() -> None:
    message = send()
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(id=message.id).update(state="sent", finished_at=clock.now())


def test_a_lost_answer_of_the_server_is_recognisable(settings: Settings) -> None:
    """Both tries carry the same Message-ID, so that mailboxes show one mail."""
    settings.DEMO = False
    message = send()
    SmtpTransport().send(actions._outgoing(message))
    SmtpTransport().send(actions._outgoing(message))
    seen = {sent.extra_headers["Message-ID"] for sent in mail.outbox}
    assert len(mail.outbox) == 2
    assert seen == {f"<{message.id}@paydesk.example>"}


def test_reading_the_mailbox() -> None:
    for brand in ("topay", "gopay"):
        actions.deliver([send(brand=brand, to_address=f"chen@{brand}.example").id])
    assert [kept.brand for kept in queries.mailbox()] == ["gopay", "topay"]
    assert [kept.brand for kept in queries.mailbox("topay")] == ["topay"]
    assert [kept.brand for kept in queries.mailbox(search="gopay.ex")] == ["gopay"]
    assert list(queries.mailbox("")) == []
    assert queries.demo_mail(UUID(int=0)) is None
