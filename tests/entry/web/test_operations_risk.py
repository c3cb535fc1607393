"""The operators' risk pages: rules, dry runs, reviews and documents, each for who may see it."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from paydesk.approvals.models import Request
from paydesk.kit import clock
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import Outcome
from paydesk.money.payouts import actions as payouts
from paydesk.money.risk import actions, defaults, dryrun
from paydesk.money.risk.models import Decision, DryRun, Hit, Review, RuleSet
from paydesk.people.actions import identity
from paydesk.people.models import Customer, IdentityCheck
from tests.factories import ClientOf, CustomerFactory, StaffFactory
from tests.money.payments.helpers import available, customer_actor, fund, send
from tests.money.payouts.helpers import bank_account, monday, row_of, withdraw
from tests.money.risk.helpers import in_force, rule, seated

pytestmark = pytest.mark.usefixtures("committed_db")
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
FROM_ONE = {"amount": {"at_least": {"CNY": 100}}}


@pytest.mark.parametrize("path", ["risk/", "reviews/"])
def test_agents_see_no_rules(staff_factory: StaffFactory, client_of: ClientOf, path: str) -> None:
    agent, boss = staff_factory(), staff_factory(role="supervisor")
    assert client_of(agent.user).get(f"/desk/operations/{path}").status_code == 403
    for lang in ("zh-hans", "en"):
        page = client_of(boss.user).get(f"/desk/operations/{path}?lang={lang}", follow=True)
        assert page.status_code == 200
        assert "style=" not in page.content.decode()


def test_a_draft_is_tried_and_sent_to_a_second_person(
    staff_factory: StaffFactory, client_of: ClientOf, customer_factory: CustomerFactory
) -> None:
    payer = customer_factory()
    fund(payer, 1_000)
    with seated():
        send(payer, customer_factory(), 300)
    boss = staff_factory(role="supervisor")
    client = client_of(boss.user)
    address = "/desk/operations/risk/rules/topay/?kind=amount"
    typed = {"code": "all_of_it", "decision": "review", "priority": "10", "amount_CNY": "1.00"}
    for wrong in ({"amount_CNY": "1.005"}, {"amount_CNY": ""}, {"code": "X"}, {"decision": "burn"}):
        assert client.post(address, typed | wrong).status_code == 422
    made = client.post(address, typed | {"note": "试试"})
    page = made.url  # type: ignore[attr-defined]
    assert RuleSet.objects.get().rules[-1]["when"] == {"amount": {"at_least": {"CNY": 100}}}
    client.post(page, {"step": "dry_run", "days": "7"})
    run = DryRun.objects.get()
    waiting = client.get(f"/desk/operations/risk/runs/{run.id}/").content.decode()
    assert "hx-trigger" in waiting
    dryrun.run(run.id)
    shown = client.get(page).content.decode()
    assert "<svg" in shown
    assert "plot-would" in shown
    client.post(page, {"step": "switch_on", "reason": "更严"})
    asked = Request.objects.get()
    assert (asked.action, asked.state) == (actions.SWITCH_ON, "pending")
    other = client_of(staff_factory(role="supervisor").user)
    assert "启用风险规则" in other.get("/desk/approvals/").content.decode()
    other.post(f"/desk/approvals/{asked.id}/", {"decision": "approve"})
    assert RuleSet.objects.get().state == "active"
    assert Decision.objects.count() == 1


def test_a_rule_in_force_is_changed_in_fields(
    staff_factory: StaffFactory, client_of: ClientOf
) -> None:
    """Fields show what is stored, say what is wrong, and keep what this brand has no field for."""
    client = client_of(staff_factory(role="supervisor").user)
    address = "/desk/operations/risk/rules/topay/?code=pass_through"
    shown = client.get(address).content.decode()
    assert 'value="20,000.00"' in shown
    typed = {
        "decision": "lock", "priority": "70", "kinds": ["transfer", "remittance"],
        "in_and_out_CNY": "30,000", "in_and_out_percent": "95", "in_and_out_window": "12",
        "in_and_out_unit": "h", "new_recipient": "on",
    }  # fmt: skip
    for wrong, said in (
        ({"in_and_out_percent": ""}, "请填写这一项。"),
        ({"in_and_out_window": "25"}, "时间太长"),
        ({"in_and_out_CNY": "abc"}, "请输入正确的金额。"),
    ):
        answer = client.post(address, typed | wrong)
        assert answer.status_code == 422
        assert said in answer.content.decode()
    page = client.post(address, typed).url  # type: ignore[attr-defined]
    rows = {row["code"]: row for row in RuleSet.objects.get().rules}
    assert rows["pass_through"]["decision"] == "lock"
    changed = rows["pass_through"]["when"]
    assert changed["in_and_out"]["at_least"]["CNY"] == 3_000_000
    assert changed["in_and_out"]["at_least"]["EUR"] == 260_000
    assert (changed["in_and_out"]["window"], changed["new_recipient"]) == ("12h", {})
    assert len(rows) == len(defaults.rows())
    assert "一天内转入至少 ¥30,000.00" in client.get(page).content.decode()
    base = page.rstrip("/").rsplit("/", 1)[1]
    gone = client.post(
        "/desk/operations/risk/rules/topay/remove", {"base": base, "code": "pass_through"}
    )
    assert gone.status_code == 302
    assert len(RuleSet.objects.get(version=2).rules) == len(rows) - 1


def test_writing_rules_is_for_who_may(staff_factory: StaffFactory, client_of: ClientOf) -> None:
    address = "/desk/operations/risk/rules/topay/?kind=speed"
    assert client_of(staff_factory().user).get(address).status_code == 403
    stranger = client_of(staff_factory(role="supervisor", brands=["gopay"]).user)
    assert stranger.get(address).status_code == 404
    boss = client_of(staff_factory(role="supervisor").user)
    assert boss.get(address.replace("speed", "burn")).status_code == 404
    said = boss.get("/desk/operations/risk/?lang=en", follow=True).content.decode()
    assert "Top up" in said
    assert "6 or more tries within 10 minutes" in said


@pytest.mark.parametrize("decision", ["approve", "refuse"])
def test_a_supervisor_decides_what_waits(
    staff_factory: StaffFactory,
    client_of: ClientOf,
    customer_factory: CustomerFactory,
    decision: str,
) -> None:
    in_force(staff_factory, rule("look", "review", FROM_ONE))
    payer, payee = customer_factory(), customer_factory()
    fund(payer, 1_000)
    with seated():
        held = send(payer, payee, 600)
    client = client_of(staff_factory(role="supervisor").user)
    assert held.number in client.get("/desk/operations/reviews/").content.decode()
    elsewhere = client_of(staff_factory(role="supervisor", brands=["gopay"]).user)
    address = f"/desk/operations/reviews/{held.id}/"
    assert elsewhere.post(address, {"decision": decision}).status_code == 404
    assert client.post(address, {"decision": decision, "note": "电话核实"}).status_code == 302
    state = Payment.objects.get(id=held.id).state
    assert state == ("succeeded" if decision == "approve" else "failed")
    assert available(payee) == (600 if decision == "approve" else 0)
    assert Review.objects.get().state == ("approved" if decision == "approve" else "refused")
    # Pressed twice it is decided once.
    client.post(address, {"decision": "refuse" if decision == "approve" else "approve"})
    assert Payment.objects.get(id=held.id).state == state


def test_a_hit_is_cleared(
    staff_factory: StaffFactory, client_of: ClientOf, customer_factory: CustomerFactory
) -> None:
    customer = customer_factory(name="钱无渡")
    actions.screen_customer(customer_id=str(customer.id), brand="topay")
    hit = Hit.objects.get()
    client = client_of(staff_factory(role="supervisor").user)
    assert "SIM-0002" in client.get("/desk/operations/reviews/").content.decode()
    client.post(f"/desk/operations/reviews/hits/{hit.id}/", {"decision": "other"})
    hit.refresh_from_db()
    assert hit.state == "cleared"


def test_documents_are_shown_to_their_reviewer_alone(
    staff_factory: StaffFactory, client_of: ClientOf, customer_factory: CustomerFactory
) -> None:
    customer, agent = customer_factory(), staff_factory()
    uploads = {s: SimpleUploadedFile(f"{s}.png", PNG, "image/png") for s in ("front", "face")}
    identity.submit_identity(customer, document="passport", uploads=uploads)
    client = client_of(agent.user)
    page = client.get("/desk/operations/identity/")
    [(_side, file, token), _] = page.context["checks"][0]["pictures"]
    picture = f"/desk/operations/pictures/topay/{token}/"
    shown = client.get(picture)
    assert shown.content == PNG
    assert file.kind == "image/png"
    assert client_of(staff_factory().user).get(picture).status_code == 404
    check = IdentityCheck.objects.get()
    address = f"/desk/operations/identity/{check.id}/"
    client.post(address, {"decision": "refuse"})
    check.refresh_from_db()
    assert check.state == "submitted"
    client.post(address, {"decision": "approve"})
    customer.refresh_from_db()
    assert customer.identity_level == 1


def a_held_withdrawal(customer_factory: CustomerFactory) -> tuple[Customer, Outcome]:
    """A customer whose withdrawal of 500 yuan waits for a person."""
    with clock.travel(monday() - timedelta(days=5)):
        payer = customer_factory(name="陈晓雯", identity_level=2)
        fund(payer, 100_000)
    with clock.travel(monday()):
        account = bank_account(payer)
        with seated():
            return payer, withdraw(payer, account, 50_000)


@pytest.mark.parametrize("decision", ["approve", "refuse"])
def test_a_withdrawal_let_through_leaves_the_queue(
    staff_factory: StaffFactory,
    client_of: ClientOf,
    customer_factory: CustomerFactory,
    decision: str,
) -> None:
    in_force(staff_factory, rule("look", "review", FROM_ONE))
    _, held = a_held_withdrawal(customer_factory)
    client = client_of(staff_factory(role="supervisor").user)
    address = f"/desk/operations/reviews/{held.id}/"
    shown = client.post(address, {"decision": decision}, follow=True).content.decode()
    assert ("已放行。" if decision == "approve" else "已拒绝") in shown
    assert "现在无法执行" not in shown
    assert Review.objects.get().state == ("approved" if decision == "approve" else "refused")
    payment = Payment.objects.get(id=held.id)
    assert payment.state == ("processing" if decision == "approve" else "failed")
    # Another one who had the page open refuses it, too late.
    client.post(address, {"decision": "refuse"})
    assert Payment.objects.get(id=held.id).state == payment.state


@pytest.mark.parametrize("decision", ["approve", "refuse"])
def test_what_was_taken_back_is_no_longer_asked_about(
    staff_factory: StaffFactory,
    client_of: ClientOf,
    customer_factory: CustomerFactory,
    decision: str,
) -> None:
    in_force(staff_factory, rule("look", "review", FROM_ONE))
    payer, held = a_held_withdrawal(customer_factory)
    client = client_of(staff_factory(role="supervisor").user)
    queue = client.get("/desk/operations/reviews/").context
    assert [card.number for card in queue["cards"]] == [held.number]
    payouts.cancel(row_of(held), actor=customer_actor(payer))
    page = client.get("/desk/operations/reviews/")
    assert page.context["cards"] == []
    assert [card.number for card in page.context["decided"]] == [held.number]
    assert "未审核即结束" in page.content.decode()
    # Who had the page open reads what became of it.
    address = f"/desk/operations/reviews/{held.id}/"
    shown = client.post(address, {"decision": decision}, follow=True).content.decode()
    assert "付款已被取消，金额已退回付款人。" in shown
    assert "现在无法执行" not in shown
    assert available(payer) == 100_000
