"""Top-ups through the simulated provider: one instrument per card reason, and the lost answers."""

from datetime import timedelta

import pytest

from paydesk.brands import profiles
from paydesk.kit import clock
from paydesk.kit.actors import SYSTEM
from paydesk.money.ledger import queries as ledger
from paydesk.money.payments import accounts, actions
from paydesk.money.payments.models import Attempt, Payment, ProviderNotification, SimulatedOrder
from paydesk.money.payments.providers.simulated.instruments import SCRIPTS
from paydesk.money.payments.reasons import Reason
from paydesk.money.payments.settling import PAUSES
from paydesk.money.payments.states import AttemptState, PaymentState
from paydesk.people import actions as people
from paydesk.people.models import Customer
from tests.factories import CustomerFactory
from tests.money.payments.helpers import (
    approve_unfreeze,
    available,
    customer_actor,
    key,
    notice,
    top_up,
)

pytestmark = pytest.mark.usefixtures("committed_db")

REFUSALS = {
    "0051": ("51", Reason.CARD_FUNDS),
    "0005": ("05", Reason.CARD_DECLINED),
    "0054": ("54", Reason.CARD_EXPIRED),
    "0014": ("14", Reason.CARD_NUMBER),
    "0127": ("incorrect_cvc", Reason.CARD_CHECK),
    "0128": ("incorrect_zip", Reason.CARD_CHECK),
    "0041": ("41", Reason.CARD_LOST),
    "0043": ("43", Reason.CARD_LOST),
    "0059": ("59", Reason.FRAUD_SCREEN),
    "0061": ("61", Reason.CARD_LIMIT),
    "0065": ("65", Reason.CARD_LIMIT),
    "0057": ("57", Reason.CARD_USE_OFF),
    "0062": ("62", Reason.CARD_RESTRICTED),
    "0840": ("currency_not_supported", Reason.CARD_CURRENCY),
    "0091": ("91", Reason.PROVIDER_DOWN),
    "0096": ("96", Reason.PROVIDER_DOWN),
    "0094": ("94", Reason.DUPLICATE),
}


def later(seconds: int) -> int:
    """Let time pass and do what it brings."""
    clock.advance(timedelta(seconds=seconds))
    return actions.sweep()


def state_of(payment_id: object) -> tuple[str, str]:
    payment = Payment.objects.get(id=payment_id)
    return payment.state, payment.reason


def test_a_card_that_pays(customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    outcome = top_up(customer, 10_000)
    assert outcome.state is PaymentState.SUCCEEDED
    assert available(customer) == 10_000
    assert ledger.balance(accounts.chart("topay").clearing("CNY", "simulated")).posted == -10_000
    attempt = Attempt.objects.get(payment_id=outcome.id)
    assert attempt.state == AttemptState.PAID
    assert attempt.next_query_at is None
    assert attempt.shown == {"kind": "card", "scheme": "visa", "last4": "4242", "expires": "12/29"}


def test_every_refusal_of_a_card_is_recorded(customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    for last4, (code, reason) in REFUSALS.items():
        outcome = top_up(customer, token=f"sim_card_{last4}")
        assert (outcome.state, outcome.reason) == (PaymentState.FAILED, reason), last4
        attempt = Attempt.objects.get(payment_id=outcome.id)
        assert (attempt.state, attempt.response_code) == (AttemptState.REFUSED, code)
    assert available(customer) == 0
    assert not SimulatedOrder.objects.exclude(taken=0).exists()


def test_every_instrument_is_covered() -> None:
    others = {"4242", "3155", "0921", "0922", "0923", "0924", "0925", "0926"}
    later = {"0259", "4747", "4748", "4749", "4751"}  # see test_directions
    wallets = {f"sim_wallet_{one}" for one in ("paying", "qr", "closed", "short", "limit")}
    assert {f"sim_card_{one}" for one in {*REFUSALS, *others, *later}} | wallets == set(SCRIPTS)


@pytest.mark.parametrize("passed", [True, False])
def test_verification(customer_factory: CustomerFactory, passed: bool) -> None:
    customer = customer_factory()
    waiting = top_up(customer, token="sim_card_3155")
    assert waiting.state is PaymentState.REQUIRES_ACTION
    assert waiting.reason is Reason.VERIFICATION_UNFINISHED
    payment = Payment.objects.get(id=waiting.id)
    done = actions.finish_verification(payment, passed=passed, actor=customer_actor(customer))
    assert done.state is (PaymentState.SUCCEEDED if passed else PaymentState.FAILED)
    assert available(customer) == (10_000 if passed else 0)


def test_verification_that_is_never_finished(customer_factory: CustomerFactory) -> None:
    with clock.travel(clock.now() - timedelta(hours=2)):
        outcome = top_up(customer_factory(), token="sim_card_3155")
        for _ in range(30):
            later(60)
    assert state_of(outcome.id) == ("failed", "verification_unfinished")


def test_time_out_is_unknown_and_asked_until_known(customer_factory: CustomerFactory) -> None:
    with clock.travel(clock.now() - timedelta(hours=2)):
        customer = customer_factory()
        outcome = top_up(customer, token="sim_card_0921")
        assert (outcome.state, outcome.reason) == (
            PaymentState.UNKNOWN,
            Reason.OUTCOME_UNKNOWN,
        )
        assert later(1) == 0
        assert later(14) == 1  # asked once: the provider still waits
        assert state_of(outcome.id) == ("unknown", "outcome_unknown")
        assert available(customer) == 0
        later(31)
        assert state_of(outcome.id) == ("succeeded", "")
        assert available(customer) == 10_000
        assert Attempt.objects.get(payment_id=outcome.id).queries == 2


def test_time_out_of_what_never_arrived(customer_factory: CustomerFactory) -> None:
    with clock.travel(clock.now() - timedelta(hours=2)):
        customer = customer_factory()
        outcome = top_up(customer, token="sim_card_0922")
        later(30)
        assert state_of(outcome.id)[0] == "unknown"  # too early to believe that it never arrived
        later(40)
        assert state_of(outcome.id) == ("failed", "provider_down")
        assert available(customer) == 0


def test_pauses_grow_while_nobody_answers(customer_factory: CustomerFactory) -> None:
    with clock.travel(clock.now() - timedelta(hours=5)):
        customer = customer_factory()
        outcome = top_up(customer, token="sim_card_0921")
        attempt = Attempt.objects.get(payment_id=outcome.id)
        SimulatedOrder.objects.update(settles_at=clock.now() + timedelta(days=1))
        pauses = []
        for _ in range(9):
            pauses.append(attempt.next_query_at - clock.now())
            clock.advance(pauses[-1])
            actions.sweep()
            attempt.refresh_from_db()
        assert pauses == [*PAUSES, PAUSES[-1], PAUSES[-1]]
        assert state_of(outcome.id)[0] == "unknown"


def test_late_success_by_notification(customer_factory: CustomerFactory) -> None:
    with clock.travel(clock.now() - timedelta(hours=2)):
        customer = customer_factory()
        outcome = top_up(customer, token="sim_card_0923")
        assert outcome.state is PaymentState.UNKNOWN
        later(20)
        assert state_of(outcome.id) == ("succeeded", "")
        assert available(customer) == 10_000
        assert ProviderNotification.objects.get().result == "succeeded"


def test_told_twice_credited_once(customer_factory: CustomerFactory) -> None:
    with clock.travel(clock.now() - timedelta(hours=2)):
        customer = customer_factory()
        outcome = top_up(customer, token="sim_card_0924")
        assert outcome.state is PaymentState.PROCESSING
        later(20)
        later(200)
        assert state_of(outcome.id) == ("succeeded", "")
        assert available(customer) == 10_000
        assert ProviderNotification.objects.count() == 1


def test_another_amount_is_never_credited(customer_factory: CustomerFactory) -> None:
    with clock.travel(clock.now() - timedelta(hours=2)):
        customer = customer_factory()
        outcome = top_up(customer, token="sim_card_0925")
        later(20)
        for _ in range(4):
            later(1000)
        payment = Payment.objects.get(id=outcome.id)
        assert (payment.state, payment.reason) == ("processing", "amount_differs")
        assert payment.facts["ordered"] == 10_000
        assert payment.facts["notified"] == 9_990
        assert available(customer) == 0


def test_a_forged_notification_only_makes_us_ask(customer_factory: CustomerFactory) -> None:
    with clock.travel(clock.now() - timedelta(hours=2)):
        customer = customer_factory()
        outcome = top_up(customer, token="sim_card_0926")
        SimulatedOrder.objects.update(settles_at=clock.now() + timedelta(seconds=100))
        later(20)
        stored = ProviderNotification.objects.get()
        assert (stored.verified, stored.refusal) == (False, "bad_signature")
        assert available(customer) == 0
        later(200)
        assert state_of(outcome.id) == ("succeeded", "")


def test_payer_in_another_app(customer_factory: CustomerFactory) -> None:
    with clock.travel(clock.now() - timedelta(hours=2)):
        customer = customer_factory()
        outcome = top_up(customer, token="sim_wallet_paying")
        assert (outcome.state, outcome.reason) == (
            PaymentState.PROCESSING,
            Reason.PAYER_ENTERING,
        )
        later(20)
        assert available(customer) == 10_000


def freeze(customer: Customer) -> None:
    people.place_freeze(customer, reason="stolen", actor=SYSTEM(customer.brand))


def test_paid_while_frozen_is_credited_once_it_may_be(customer_factory: CustomerFactory) -> None:
    with clock.travel(clock.now() - timedelta(hours=2)):
        customer = customer_factory()
        outcome = top_up(customer, token="sim_card_0923")
        freeze(customer)
        later(20)
        assert state_of(outcome.id) == ("processing", "paid_not_credited")
        assert available(customer) == 0
        later(600)
        assert state_of(outcome.id) == ("processing", "paid_not_credited")
        approve_unfreeze(customer)
        later(1)  # no need to wait for the next turn
        assert state_of(outcome.id) == ("succeeded", "")
        assert available(customer) == 10_000


def test_nothing_is_taken_for_a_frozen_wallet(customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    freeze(customer)
    outcome = top_up(customer)
    assert outcome.reason is Reason.SENDER_RESTRICTED
    assert not SimulatedOrder.objects.exists()


def test_limit_maintenance_and_an_unknown_token(customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    most = profiles.get("topay").limits["CNY"].topup_max
    over = top_up(customer, most + 1)
    assert (over.reason, over.facts["limit"]) == (Reason.LIMIT_SINGLE, most)
    with pytest.raises(actions.UnknownInstrument):
        top_up(customer, token="4111111111111111")
    notice("maintenance", "card_topup", None)
    assert top_up(customer).reason is Reason.MAINTENANCE
    assert not SimulatedOrder.objects.exists()


def test_an_incident_is_kept_with_the_attempt(customer_factory: CustomerFactory) -> None:
    opened = notice("incident", "card_topup", None)
    outcome = top_up(customer_factory(), token="sim_card_0091")
    assert Attempt.objects.get(payment_id=outcome.id).notice_id == opened.id


def test_sent_twice_is_charged_once(customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    same = key()
    first = top_up(customer, key=same)
    again = top_up(customer, key=same)
    assert (first.id, again.repeated) == (again.id, True)
    assert SimulatedOrder.objects.count() == 1
    assert available(customer) == 10_000


def test_retry_uses_the_same_instrument(customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    failed = Payment.objects.get(id=top_up(customer, token="sim_card_0091").id)
    again = actions.retry(failed, actor=customer_actor(customer), key=key())
    second = Payment.objects.get(id=again.id)
    assert second.retry_of_id == failed.id
    assert second.method["last4"] == "0091"
