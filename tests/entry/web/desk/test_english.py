"""Every page and dialog of the desk is complete in English: no Chinese is left but the switch."""

import re

import pytest
from django.test import Client

from paydesk.desk.cases import actions
from paydesk.desk.cases.rules import Topic
from paydesk.kit import ids
from paydesk.kit.actors import SYSTEM, Actor, ActorKind
from paydesk.money.payments.actions import topup, transfer
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import Outcome
from paydesk.people import actions as people
from tests.entry.web.desk.conftest import OpenCase
from tests.factories import ClientOf, CustomerFactory, StaffFactory

HAN = re.compile(r"[一-鿿]+")


def left_in(page: str) -> set[str]:
    return set(HAN.findall(page.replace("简体中文", "")))


@pytest.mark.usefixtures("committed_db")
def test_the_whole_desk_in_english(
    client_of: ClientOf, staff_factory: StaffFactory, customer_factory: CustomerFactory
) -> None:
    boss, agent = staff_factory(role="supervisor", name="Wang"), staff_factory(name="Lin")
    customer, friend = customer_factory(name="Ann Lee"), customer_factory(name="Bo Li")
    mine = Actor(ActorKind.CUSTOMER, customer.pk, "topay")

    def send(amount: int) -> Outcome:
        return transfer(
            payer=customer, recipient=friend, amount=amount, currency="CNY", actor=mine,
            key=str(ids.uuid7()),
        )  # fmt: skip

    topup(
        customer=customer, token="sim_card_4242", amount=9_000, currency="CNY", actor=mine,
        key=str(ids.uuid7()),
    )  # fmt: skip
    send(500)
    people.place_freeze(friend, reason="device_lost", actor=SYSTEM("topay"))
    people.place_freeze(customer, reason="suspected_fraud", scope="receive", actor=SYSTEM("topay"))
    people.lock_for_wrong_passwords(customer, times=5)
    failed = send(700)
    case = actions.open_case(
        brand="topay", channel="chat", customer=customer, actor=mine, lang="en",
        topic=Topic.TRANSFER_FAILED, payment=Payment.objects.get(pk=failed.id),
    )  # fmt: skip
    actions.post_message(case, author=mine, client_id=ids.uuid7(), body="password is Qwe12345!")
    actions.take(case, agent)
    actions.ask_unfreeze(case, agent, friend.pk, reason="checked")
    desk = client_of(boss.user)
    desk.get("/desk/?lang=en")
    here = f"/desk/cases/{case.number}"
    paths = [
        "/desk/?tab=mine", "/desk/?tab=waiting", "/desk/?tab=all", "/desk/?q=nobody",
        "/desk/approvals/", f"{here}/", f"{here}/hand-over/",
        *(f"{here}/do/{what}/" for what in ("freeze", "unfreeze", "unlock", "refund", "hold")),
    ]  # fmt: skip
    for path in paths:
        response = desk.get(path)
        assert response.status_code == 200, path
        assert left_in(response.content.decode()) == set(), path
    refused = desk.post(f"{here}/solve/", headers={"HX-Request": "true"})
    assert left_in(refused.content.decode()) == set()
    short = {"currency": "CNY", "amount": "1.999", "reason": "review", "lasts": "1", "key": "x"}
    assert left_in(desk.post(f"{here}/do/hold/", short).content.decode()) == set()


@pytest.mark.django_db
def test_an_agent_can_not_decide_by_hand_made_requests(
    desk: Client, open_case: OpenCase, staff_factory: StaffFactory, client_of: ClientOf
) -> None:
    case, asker = open_case(), staff_factory()
    assert case.customer
    people.place_freeze(case.customer, reason="device_lost", actor=SYSTEM("topay"))
    asked = actions.ask_unfreeze(case, asker, case.customer.pk, reason="x")
    for client, words in (
        (desk, "您没有这项权限"),
        (client_of(asker.user), "您没有这项权限"),
    ):
        page = client.post(
            f"/desk/approvals/{asked.pk}/", {"decision": "approve"}, headers={"HX-Request": "true"}
        ).content.decode()
        assert words in page
    stranger = client_of(staff_factory(role="admin", brands=["gopay"]).user)
    answer = stranger.post(f"/desk/approvals/{asked.pk}/", {"decision": "approve"})
    assert answer.status_code == 404
    asked.refresh_from_db()
    assert asked.state == "pending"


@pytest.mark.django_db
def test_handing_over_offers_colleagues_of_the_brand_only(
    desk: Client, open_case: OpenCase, staff_factory: StaffFactory
) -> None:
    case = open_case()
    colleague = staff_factory(name="赵敏")
    staff_factory(name="外人", brands=["gopay"])
    url = f"/desk/cases/{case.number}/hand-over/"
    page = desk.get(url).content.decode()
    assert "赵敏" in page
    assert "外人" not in page
    assert desk.post(url, {"to": str(colleague.pk)}).status_code == 204
    case.refresh_from_db()
    assert case.assignee_id == colleague.pk
