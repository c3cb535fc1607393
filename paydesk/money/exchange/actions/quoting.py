"""Giving a quote: what somebody gets for what, fee and expiry, kept as it was shown."""

from datetime import timedelta

from django.db import transaction

from paydesk.audit import actions as audit
from paydesk.brands import profiles
from paydesk.kit import clock, ids
from paydesk.kit.actors import Actor
from paydesk.kit.money import exponent
from paydesk.money.exchange import queries, rules
from paydesk.money.exchange.models import Quote
from paydesk.money.exchange.rules import Side
from paydesk.money.payments import fees
from paydesk.money.payments.actions import asking
from paydesk.money.payments.states import PaymentKind
from paydesk.people.models import Customer


@transaction.atomic
def quote(
    *,
    customer: Customer,
    kind: PaymentKind,
    pay_currency: str,
    get_currency: str,
    side: Side,
    amount: int,
    actor: Actor,
) -> Quote:
    """Offer a conversion of `amount` minor units, of the currency of the side that was typed.

    `kind`: exchange between own wallets, or remittance to somebody. The fee is on top of what is
    paid. Raises queries.NoRate (no fresh rate), rules.NothingLeft, ValueError for an amount or a
    currency that no form lets through, or one currency twice.
    """
    brand = profiles.get(customer.brand)
    if kind not in {PaymentKind.EXCHANGE, PaymentKind.REMITTANCE} or pay_currency == get_currency:
        raise ValueError("a quote is about two currencies")
    asking.check_amount(amount, brand, get_currency if side is Side.GET else pay_currency)
    mid = queries.rate(brand.code, pay_currency, get_currency)
    rate = rules.offered(mid.mid, brand.exchange.margin_bp)
    places = {"pay_places": exponent(pay_currency), "get_places": exponent(get_currency)}
    both = rules.amounts(side, amount, rate, **places)
    asking.check_amount(both.pay, brand, pay_currency)
    asking.check_amount(both.get, brand, get_currency)
    now = clock.now()
    expires = now + timedelta(seconds=brand.exchange.quote_seconds)
    made = Quote.objects.create(
        id=ids.uuid7(),
        brand=brand.code,
        customer=customer,
        kind=kind,
        pay_currency=pay_currency,
        get_currency=get_currency,
        pay_amount=both.pay,
        get_amount=both.get,
        fee=fees.fee(brand, kind, both.pay, pay_currency),
        side=side,
        mid=mid.row,
        margin_bp=brand.exchange.margin_bp,
        rate=rate,
        quoted_at=now,
        expires_at=expires,
        arrives_by=expires + rules.ARRIVES_WITHIN,
    )
    details = {"pay": pay_currency, "get": get_currency, "amount": both.pay}
    audit.record(
        brand=brand.code,
        actor=actor,
        action="exchange.quoted",
        subject=f"quote:{made.id}",
        details=details,
    )
    return made
