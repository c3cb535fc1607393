"""Money and freezes from a case: the second person, once only, and through a crash."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connections

from paydesk.approvals import actions as approvals
from paydesk.approvals.models import Request
from paydesk.desk.cases import actions, queries
from paydesk.desk.cases.actions import Intent, decisions, deeds
from paydesk.desk.cases.models import Case, Deed
from paydesk.desk.cases.rules import CaseRefused, State, Topic
from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM
from paydesk.money.payments import actions as payments
from paydesk.money.payments import queries as payment_queries
from paydesk.money.payments.models import Hold, Payment
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.states import HoldReason
from paydesk.people import actions as people
from paydesk.people import queries as people_queries
from paydesk.people.models import Customer
from tests.desk.cases.conftest import as_customer, as_staff, say
from tests.factories import CustomerFactory, StaffFactory

pytestmark = pytest.mark.usefixtures("stage")


def key() -> str:
    return str(ids.uuid7())


@pytest.fixture
def rich(customer_factory: CustomerFactory) -> Customer:
    customer = customer_factory(name="陈晓雯")
    payments.topup(
        customer=customer, token="sim_card_4242", amount=100_000, currency="CNY",
        actor=as_customer(customer), key=key(),
    )  # fmt: skip
    return customer


def send(payer: Customer, payee: Customer, amount: int) -> Outcome:
    return payments.transfer(
        payer=payer, recipient=payee, amount=amount, currency="CNY",
        actor=as_customer(payer), key=key(),
    )  # fmt: skip


def about(customer: Customer, payment_id: UUID) -> Case:
    return actions.open_case(
        brand="topay", channel="chat", customer=customer, actor=as_customer(customer),
        topic=Topic.PAYMENT, payment=Payment.objects.get(pk=payment_id),
    )  # fmt: skip


def posted(customer: Customer) -> int:
    return payment_queries.wallets(customer)[0].posted


class TestUnfreezing:
    def test_from_the_payers_case_the_recipient_is_unfrozen_by_a_second_person(
        self, rich: Customer, customer_factory: CustomerFactory, staff_factory: StaffFactory
    ) -> None:
        friend, agent = customer_factory(name="周明"), staff_factory()
        people.place_freeze(friend, reason="device_lost", actor=SYSTEM("topay"))
        failed = send(rich, friend, 8_000)
        assert not failed.ok
        case = about(rich, failed.id)
        fact = queries.lines(case, as_customer(rich))[0].entry
        assert fact.data["finding"]["row"] == 29
        asked = actions.ask_unfreeze(case, agent, friend.pk, reason="核实过")
        assert Case.objects.get(pk=case.pk).state == State.WAITING_INSIDE
        assert people_queries.blocks_of(friend.pk).receive  # nothing happens before the yes
        approvals.decide(asked, staff=staff_factory(role="supervisor"), approve=True)
        assert not people_queries.blocks_of(friend.pk).receive
        assert send(rich, friend, 8_000).ok
        case.refresh_from_db()
        assert case.state == State.OPEN
        told = queries.lines(case, as_customer(rich))
        assert not any("周明" in str(line.entry.data.get("params")) for line in told)

    def test_a_no_leaves_the_freeze(
        self, rich: Customer, customer_factory: CustomerFactory, staff_factory: StaffFactory
    ) -> None:
        friend = customer_factory()
        case = about(rich, send(rich, friend, 100).id)
        people.place_freeze(friend, reason="device_lost", actor=SYSTEM("topay"))
        asked = actions.ask_unfreeze(case, staff_factory(), friend.pk, reason="快点")
        approvals.decide(asked, staff=staff_factory(role="supervisor"), approve=False)
        assert people_queries.blocks_of(friend.pk).receive
        assert Case.objects.get(pk=case.pk).state == State.OPEN

    def test_an_account_that_the_case_is_not_about_stays_out_of_reach(
        self, rich: Customer, customer_factory: CustomerFactory, staff_factory: StaffFactory
    ) -> None:
        case, stranger = about(rich, send(rich, customer_factory(), 100).id), customer_factory()
        people.place_freeze(stranger, reason="device_lost", actor=SYSTEM("topay"))
        agent = staff_factory()
        with pytest.raises(CaseRefused, match="no_customer"):
            actions.ask_unfreeze(case, agent, stranger.pk, reason="x")
        with pytest.raises(CaseRefused, match="no_customer"):
            actions.freeze(case, agent, stranger.pk)

    def test_solving_waits_for_the_decision(
        self, rich: Customer, customer_factory: CustomerFactory, staff_factory: StaffFactory
    ) -> None:
        case, agent = about(rich, send(rich, customer_factory(), 100).id), staff_factory()
        say(case, as_staff(agent))
        actions.freeze(case, agent, rich.pk)
        actions.ask_unfreeze(case, agent, rich.pk, reason="x")
        with pytest.raises(CaseRefused, match="waits_for_approval"):
            actions.solve(case, agent)


class TestRefunds:
    def test_within_the_limit_it_is_paid_at_once_and_the_customer_is_told(
        self, rich: Customer, customer_factory: CustomerFactory, staff_factory: StaffFactory
    ) -> None:
        paid = send(rich, customer_factory(), 15_000)
        case = about(rich, paid.id)
        deed = actions.refund(case, staff_factory(), paid.id, Intent(ids.uuid7(), 15_000, "没到"))
        assert (deed.outcome, posted(rich)) == ("done", 100_000)
        public = [line.entry.data.get("code") for line in queries.lines(case, as_customer(rich))]
        assert "refund_paid" in public
        assert "refund_started" not in public

    def test_the_same_intent_again_refunds_nothing_more(
        self, rich: Customer, customer_factory: CustomerFactory, staff_factory: StaffFactory
    ) -> None:
        paid, agent = send(rich, customer_factory(), 15_000), staff_factory()
        case, intent = about(rich, paid.id), Intent(ids.uuid7(), 5_000)
        for _ in range(3):
            assert actions.refund(case, agent, paid.id, intent).outcome == "done"
        assert posted(rich) == 90_000
        with pytest.raises(CaseRefused, match="client_id_taken"):
            actions.refund(case, agent, paid.id, Intent(intent.id, 6_000))

    def test_parts_add_up_to_the_limit(
        self, rich: Customer, customer_factory: CustomerFactory, staff_factory: StaffFactory
    ) -> None:
        paid, agent = send(rich, customer_factory(), 50_000), staff_factory()
        case = about(rich, paid.id)
        assert actions.refund(case, agent, paid.id, Intent(ids.uuid7(), 20_000)).outcome == "done"
        more = actions.refund(case, agent, paid.id, Intent(ids.uuid7(), 1))
        assert (more.outcome, more.approval_id is not None) == ("", True)

    def test_above_the_limit_the_money_moves_after_the_yes(
        self, rich: Customer, customer_factory: CustomerFactory, staff_factory: StaffFactory
    ) -> None:
        paid = send(rich, customer_factory(), 50_000)
        case = about(rich, paid.id)
        deed = actions.refund(case, staff_factory(), paid.id, Intent(ids.uuid7(), 50_000))
        assert (deed.outcome, posted(rich)) == ("", 50_000)
        deeds.carry_out(deed.pk)
        assert posted(rich) == 50_000  # no yes yet
        assert deed.approval_id
        asked = Request.objects.get(pk=deed.approval_id)
        approvals.decide(asked, staff=staff_factory(role="supervisor"), approve=True)
        for _ in range(2):  # a job may run twice
            decisions.carry_out_decided(request_id=str(asked.pk), brand="topay")
        assert Deed.objects.get(pk=deed.pk).outcome == "done"
        assert posted(rich) == 100_000

    def test_a_no_ends_the_deed_and_another_may_be_asked_for(
        self, rich: Customer, customer_factory: CustomerFactory, staff_factory: StaffFactory
    ) -> None:
        paid, agent = send(rich, customer_factory(), 50_000), staff_factory()
        case = about(rich, paid.id)
        deed = actions.refund(case, agent, paid.id, Intent(ids.uuid7(), 50_000))
        with pytest.raises(CaseRefused, match="already_requested"):
            actions.refund(case, agent, paid.id, Intent(ids.uuid7(), 40_000))
        assert deed.approval_id
        asked = Request.objects.get(pk=deed.approval_id)
        approvals.decide(asked, staff=staff_factory(role="supervisor"), approve=False)
        decisions.carry_out_decided(request_id=str(asked.pk), brand="topay")
        assert Deed.objects.get(pk=deed.pk).outcome == deeds.NOT_APPROVED
        assert posted(rich) == 50_000
        assert actions.refund(case, agent, paid.id, Intent(ids.uuid7(), 40_000)).approval_id

    def test_more_than_was_paid_is_refused(
        self, rich: Customer, customer_factory: CustomerFactory, staff_factory: StaffFactory
    ) -> None:
        paid = send(rich, customer_factory(), 500)
        case = about(rich, paid.id)
        with pytest.raises(CaseRefused, match="too_much"):
            actions.refund(case, staff_factory(), paid.id, Intent(ids.uuid7(), 501))

    def test_a_payment_of_others_is_not_in_the_case(
        self, rich: Customer, customer_factory: CustomerFactory, staff_factory: StaffFactory
    ) -> None:
        paid = send(rich, customer_factory(), 500)
        stranger = customer_factory()
        case = actions.open_case(
            brand="topay", channel="chat", customer=stranger, actor=as_customer(stranger),
            topic=Topic.REFUND,
        )  # fmt: skip
        with pytest.raises(CaseRefused, match="no_payment"):
            actions.refund(case, staff_factory(), paid.id, Intent(ids.uuid7(), 500))

    @pytest.mark.parametrize("moved", [False, True])
    def test_a_crash_between_intent_and_outcome_is_finished_later_once(
        self,
        rich: Customer,
        customer_factory: CustomerFactory,
        staff_factory: StaffFactory,
        monkeypatch: pytest.MonkeyPatch,
        moved: bool,
    ) -> None:
        paid = send(rich, customer_factory(), 15_000)
        case, real = about(rich, paid.id), payments.refund

        def dies(**given: object) -> Outcome:
            if moved:
                real(**given)  # type: ignore[arg-type]  # named values
            raise SystemExit

        with monkeypatch.context() as crash:
            crash.setattr(payments, "refund", dies)
            with pytest.raises(SystemExit):
                actions.refund(case, staff_factory(), paid.id, Intent(ids.uuid7(), 15_000))
        deeds.carry_out_left_behind()
        assert Deed.objects.get(case=case).outcome == ""  # fresh: its process may still be at it
        monkeypatch.setattr(deeds, "LEFT_BEHIND", timedelta(0))
        assert deeds.carry_out_left_behind() == 1
        assert Deed.objects.get(case=case).outcome == "done"
        assert posted(rich) == 100_000


class TestHolds:
    def test_placed_and_released(self, rich: Customer, staff_factory: StaffFactory) -> None:
        agent = staff_factory()
        case = actions.open_case(
            brand="topay", channel="chat", customer=rich, actor=as_customer(rich),
            topic=Topic.OTHER,
        )  # fmt: skip
        intent = Intent(ids.uuid7(), 30_000)
        for _ in range(2):
            deed = actions.place_hold(
                case, agent, intent,
                currency="CNY", reason=HoldReason.DISPUTE, until=clock.now() + timedelta(days=1),
            )  # fmt: skip
            assert deed.outcome == "done"
        assert payment_queries.wallets(rich)[0].available == 70_000
        release = ids.uuid7()
        for _ in range(2):
            assert actions.release_hold(case, agent, intent.id, release).outcome == "done"
        assert payment_queries.wallets(rich)[0].available == 100_000
        assert Hold.objects.get(pk=intent.id).state == "released"
        with pytest.raises(CaseRefused, match="hold_over"):
            actions.release_hold(case, agent, intent.id, ids.uuid7())

    def test_more_than_there_is_ends_without_a_hold(
        self, rich: Customer, staff_factory: StaffFactory
    ) -> None:
        case = actions.open_case(
            brand="topay", channel="chat", customer=rich, actor=as_customer(rich),
            topic=Topic.OTHER,
        )  # fmt: skip
        deed = actions.place_hold(
            case, staff_factory(), Intent(ids.uuid7(), 100_001),
            currency="CNY", reason=HoldReason.REVIEW, until=clock.now() + timedelta(days=1),
        )  # fmt: skip
        assert deed.outcome == "balance_short"
        assert not payment_queries.open_holds(rich)


def test_one_live_case_for_one_payment(rich: Customer, customer_factory: CustomerFactory) -> None:
    paid = send(rich, customer_factory(), 100)
    assert about(rich, paid.id).pk == about(rich, paid.id).pk


def test_a_payment_of_others_can_not_be_brought_along(
    rich: Customer, customer_factory: CustomerFactory
) -> None:
    paid = send(rich, customer_factory(), 100)
    with pytest.raises(CaseRefused, match="not_your_payment"):
        about(customer_factory(), paid.id)


def test_two_taps_on_one_payment_open_one_case(
    rich: Customer, customer_factory: CustomerFactory
) -> None:
    paid = send(rich, customer_factory(), 100)

    def tap(_: int) -> UUID:
        try:
            return about(rich, paid.id).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(tap, range(8)))) == 1


class TestLeftBehind:
    """Deeds whose process died, found again when the world has moved on."""

    def test_one_that_can_not_be_finished_holds_up_no_other(
        self,
        rich: Customer,
        customer_factory: CustomerFactory,
        staff_factory: StaffFactory,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(deeds, "LEFT_BEHIND", timedelta(0))
        paid, agent = send(rich, customer_factory(), 15_000), staff_factory()
        case = about(rich, paid.id)
        before = clock.now() - timedelta(minutes=2)
        with monkeypatch.context() as dying, clock.travel(before):
            dying.setattr(deeds, "_submit", _die)
            with pytest.raises(KeyboardInterrupt):
                actions.place_hold(
                    case, agent, Intent(ids.uuid7(), 500), currency="CNY",
                    reason=HoldReason.REVIEW, until=before + timedelta(minutes=1),
                )  # fmt: skip
            for amount in (1_000, 2_000):
                with pytest.raises(KeyboardInterrupt):
                    actions.refund(case, agent, paid.id, Intent(ids.uuid7(), amount))
        submit = deeds._submit

        def broken(deed: Deed) -> Outcome:
            if deed.amount == 1_000:
                raise RuntimeError("the first of the two")
            return submit(deed)

        monkeypatch.setattr(deeds, "_submit", broken)
        deeds.carry_out_left_behind()
        outcomes = {deed.amount: deed.outcome for deed in Deed.objects.filter(case=case)}
        assert outcomes == {500: "expired", 1_000: "", 2_000: "done"}
        assert not Hold.objects.filter(customer=rich).exists()

    def test_a_lowered_limit_ends_it_and_pays_nothing(
        self,
        rich: Customer,
        customer_factory: CustomerFactory,
        staff_factory: StaffFactory,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        paid, agent = send(rich, customer_factory(), 15_000), staff_factory()
        case = about(rich, paid.id)
        monkeypatch.setattr(payments, "refund", _over_the_limit)
        deed = actions.refund(case, agent, paid.id, Intent(ids.uuid7(), 1_000))
        assert deed.outcome == "approval_needed"
        assert posted(rich) == 85_000


def _die(_deed: Deed) -> Outcome:
    raise KeyboardInterrupt


def _over_the_limit(**_given: object) -> Outcome:
    raise payments.ApprovalNeeded(100)
