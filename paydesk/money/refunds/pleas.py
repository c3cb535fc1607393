"""Reads what a rule has to know to judge a request for money back. Never writes."""

from datetime import timedelta

from django.db.models import Exists, OuterRef

from paydesk.brands import profiles
from paydesk.kit import clock
from paydesk.money.payments.models import Payment
from paydesk.money.payments.queries import TAKEN
from paydesk.money.payments.states import PaymentState
from paydesk.money.refunds.models import Dispute, MerchantPolicy, RefundRequest
from paydesk.money.refunds.rules import OURS, OVER, Plea, Why

TWIN_WITHIN = timedelta(minutes=10)
MONTH = timedelta(days=30)


def plea(payment: Payment, amount: int, why: Why) -> Plea:
    """A request for `amount` minor units as a rule judges it."""
    terms, now = profiles.get(payment.brand).refunds, clock.now()
    assert payment.booked_at
    payer, policy = payment.payer_id, None
    if payment.merchant_id:
        policy = MerchantPolicy.objects.filter(merchant_id=payment.merchant_id).first()
    ours = RefundRequest.objects.filter(verdict__in=OURS, asked_at__gt=now - MONTH)
    lately = ours.filter(customer_id=payer) if payer else ours.none()
    return Plea(
        kind=payment.kind,
        why=why,
        amount=amount,
        whole=amount == payment.taken,
        twin=_has_twin(payment),
        age=now - payment.booked_at,
        policy_days=policy.days if policy else None,
        policy_most=policy.most if policy else None,
        small=terms.small.get(payment.currency, 0),
        ours_lately=lately.count(),
        small_a_month=terms.small_a_month,
    )


def _has_twin(payment: Payment) -> bool:
    """Whether the same order of the merchant, by its own reference, was paid as much just before,
    and that payment stands: nothing went back of it, is going back, or is disputed.

    An order of ours is paid only once, so only the merchant's reference tells whether two orders
    are one purchase; without one, two equal payments are two purchases.
    """
    assert payment.booked_at
    reference = payment.details.get("reference")
    if not reference:
        return False
    under_way = Payment.objects.filter(original=OuterRef("pk"), finished_at=None)
    asked = RefundRequest.objects.filter(payment=OuterRef("pk")).exclude(state__in=OVER)
    disputed = Dispute.objects.filter(payment=OuterRef("pk"), state__in=["open", "reviewed"])
    return (
        Payment.objects.alias(given=TAKEN)
        .filter(
            brand=payment.brand,
            kind=payment.kind,
            payer_id=payment.payer_id,
            merchant=payment.merchant,
            given=payment.taken,
            currency=payment.currency,
            state=PaymentState.SUCCEEDED,
            details__reference=reference,
            refunded=0,
            booked_at__range=(payment.booked_at - TWIN_WITHIN, payment.booked_at),
        )
        .exclude(id=payment.id)
        .exclude(Exists(under_way) | Exists(asked) | Exists(disputed))
        .exists()
    )
