"""Using a quote: converting between one's own wallets, and paying somebody in another currency.

Two legs through the house's liquidity and the fee, in one plan: all of it happens or none.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from paydesk.brands import profiles
from paydesk.brands.profile import Brand
from paydesk.kit import clock, ids, shield
from paydesk.kit.actors import Actor
from paydesk.money.exchange import rules
from paydesk.money.exchange.models import Declaration, Quote
from paydesk.money.exchange.rules import Declared, Side
from paydesk.money.ledger.rules import Item, Kind
from paydesk.money.payments import accounts, codes, limits
from paydesk.money.payments.actions import asking
from paydesk.money.payments.checks import CanReceive, CanSend, Check, NotAfter, Once
from paydesk.money.payments.contacts import masked
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import NewPayment, Outcome, Plan
from paydesk.money.payments.reasons import Reason, Refusal
from paydesk.money.payments.screening import screened
from paydesk.money.payments.states import PaymentKind
from paydesk.money.payments.submit import submit
from paydesk.people import queries as people
from paydesk.people.models import Customer

COMPONENT = "exchange"
ADDRESS_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: the quote, and for a remittance to whom and what is declared."""

    quote: Quote
    actor: Actor
    key: str
    recipient: str | Customer = ""
    declared: Declared | None = None
    note: str = ""
    client_version: str = ""
    retry_of: Payment | None = None

    @property
    def typed(self) -> str:
        """The recipient as typed; empty when it was chosen."""
        return "" if isinstance(self.recipient, Customer) else self.recipient.strip()


def convert(
    *,
    quote: Quote,
    actor: Actor,
    key: str,
    client_version: str = "",
    retry_of: Payment | None = None,
) -> Outcome:
    """Change money between the customer's own wallets as quoted.

    A quote that lapsed (row 35), was used, or can't be served (row 36) is a refusal that is
    recorded. Raises plans.RequestConflict, plans.InsideTransaction, ValueError for a quote of
    the other kind.
    """
    if quote.kind != PaymentKind.EXCHANGE:
        raise ValueError("this quote is for paying somebody")
    return submit(plan_exchange(Wish(quote, actor, key, client_version=client_version,
                                     retry_of=retry_of)))  # fmt: skip


def remit(wish: Wish) -> Outcome:
    """Pay somebody in another currency as quoted; what was declared is kept with the payment.

    Refusals that are recorded: as in `convert`, and a recipient who is unknown, closed or
    oneself, or something that the border asks for and was not said (row 39). Errors as there.
    """
    if wish.quote.kind != PaymentKind.REMITTANCE:
        raise ValueError("this quote is for one's own wallets")
    plan = plan_exchange(wish)
    assert isinstance(plan.subject, NewPayment)
    if wish.declared:
        _declare(plan.subject.id, wish, wish.declared)
    return submit(plan)


@transaction.atomic
def _declare(payment: UUID, wish: Wish, said: Declared) -> None:
    """Kept before the money moves, so that no payment across a border is ever without it."""
    Declaration.objects.create(
        id=payment,
        brand=wish.quote.brand,
        customer_id=wish.quote.customer_id,
        quote=wish.quote,
        country=said.country[:2],
        purpose=said.purpose[:16],
        relationship=said.relationship[:16],
        source_of_funds=said.source_of_funds[:16],
        address=shield.mask(" ".join(said.address.split())).text[:ADDRESS_LENGTH],
        declared_at=clock.now(),
    )


def plan_exchange(wish: Wish) -> Plan:
    """The plan that `convert` and `remit` submit."""
    quote, payer = wish.quote, wish.quote.customer
    brand = profiles.get(quote.brand)
    payee = payer if quote.kind == PaymentKind.EXCHANGE else _payee(wish)
    refusal, notice = asking.circumstances(brand, COMPONENT, wish.client_version)
    new = _new(wish, payee, notice)
    refusal = refusal or _impossible(wish, payee, brand)
    if refusal or payee is None:
        return Plan(brand.code, wish.actor, new, refusal=refusal)
    known = accounts.chart(brand.code, *{payer.id: payer, payee.id: payee}.values())
    source, target = (
        known.wallet(payer, quote.pay_currency),
        known.wallet(payee, quote.get_currency),
    )
    takes, gives = known.liquidity(quote.pay_currency), known.liquidity(quote.get_currency)
    items = _items(new.id, quote, (source, takes, gives, target, known.fees(quote.pay_currency)))
    locked = tuple({account for item in items for account in (item.debit, item.credit)})
    return Plan(
        brand.code,
        wish.actor,
        new,
        locked,
        _checks(wish, payee, source, target),
        items,
        shortfalls=((gives, Reason.NO_LIQUIDITY),),
    )


def _items(
    payment: UUID, quote: Quote, over: tuple[UUID, UUID, UUID, UUID, UUID]
) -> tuple[Item, ...]:
    """The payer's money to liquidity, liquidity's to the payee, the fee; a linked group."""
    source, takes, gives, target, fees = over
    code = codes.EXCHANGE if quote.kind == PaymentKind.EXCHANGE else codes.REMITTANCE
    first = Item(payment, Kind.PLAIN, source, takes, quote.pay_amount, code, linked=True)
    got = ids.sibling(payment, "received")
    second = Item(got, Kind.PLAIN, gives, target, quote.get_amount, code, linked=quote.fee > 0)
    if not quote.fee:
        return first, second
    fee = ids.sibling(payment, "fee")
    return first, second, Item(fee, Kind.PLAIN, source, fees, quote.fee, codes.FEE)


def _checks(wish: Wish, payee: Customer, source: UUID, target: UUID) -> tuple[Check, ...]:
    quote = wish.quote
    own = payee.id == quote.customer_id
    checks: list[Check] = [
        NotAfter(quote.expires_at, Reason.QUOTE_LAPSED, (("quote", str(quote.id)),)),
        Once(quote.purpose),
        CanSend(source, quote.customer_id),
        CanReceive(target, payee.id, own=own),
        *_retried_once(wish, payee),
    ]
    if not own:
        checks += limits.checks(quote.customer, quote.pay_currency)
        checks.append(screened(quote.customer_id, payee.id))  # last: judged when all else is well
    return tuple(checks)


def _retried_once(wish: Wish, payee: Customer) -> tuple[Check, ...]:
    """Every try has a quote of its own, so only what was typed tells whether it is the same again.

    What failed may be a transfer in a currency that its payee doesn't take: it names no other.
    """
    quote, failed = wish.quote, wish.retry_of
    terms: dict[str, Any] = {"payee_id": payee.id, "currency": quote.pay_currency}
    if failed and failed.received_currency:
        terms["received_currency"] = quote.get_currency
    if quote.side == Side.GET:
        terms["received_amount"] = quote.get_amount
    else:
        terms["amount"] = quote.pay_amount
    return asking.retried_once(failed, **terms)


def _payee(wish: Wish) -> Customer | None:
    if isinstance(wish.recipient, Customer):
        return wish.recipient
    return people.find_customer(wish.quote.brand, wish.typed)


def _impossible(wish: Wish, payee: Customer | None, brand: Brand) -> Refusal | None:
    """What no lock is needed to know: about the recipient and about the border."""
    quote = wish.quote
    if quote.kind == PaymentKind.EXCHANGE:
        return None
    if payee is None or payee.brand != quote.brand:
        return Refusal(Reason.RECIPIENT_UNKNOWN)
    if payee.id == quote.customer_id:
        return Refusal(Reason.TO_SELF)
    if payee.closed_at:
        return Refusal(Reason.RECIPIENT_CLOSED, {"closed_at": payee.closed_at.isoformat()})
    declared = wish.declared or Declared("")
    missing = rules.missing(declared, brand.exchange.home, large=is_large(quote, brand))
    country = [] if declared.country in brand.exchange.countries else ["country"]
    if country or missing:
        facts = {"missing": [*country, *(field.value for field in missing)]}
        return Refusal(Reason.CROSS_BORDER_DATA, facts | {"country": declared.country})
    return None


def is_large(quote: Quote, brand: Brand) -> bool:
    """Whether so much is sent that it is asked where the money comes from: half of what one
    payment may be."""
    return quote.pay_amount * 2 >= brand.limits[quote.pay_currency].levels[-1].single


def _new(wish: Wish, payee: Customer | None, notice: UUID | None) -> NewPayment:
    quote, said = wish.quote, wish.declared
    content = {
        "kind": quote.kind,
        "quote": str(quote.id),
        "to": str(payee.id) if payee else wish.typed,
        "note": wish.note,
        "declared": [said.country, said.purpose, said.relationship, said.address] if said else [],
    }
    return NewPayment(
        id=ids.uuid7(),
        number=asking.public_number(),
        kind=PaymentKind(quote.kind),
        amount=quote.pay_amount,
        currency=quote.pay_currency,
        fee=quote.fee,
        received_amount=quote.get_amount,
        received_currency=quote.get_currency,
        asked=asking.asked(wish.actor, wish.key, content),
        payer=quote.customer_id,
        payee=payee.id if payee else None,
        purpose=quote.purpose,
        details={
            "quote": str(quote.id),
            "rate": str(quote.rate),
            "side": quote.side,
            **({"country": said.country, "purpose": said.purpose} if said else {}),
        },
        recipient_shown=masked(wish.typed),
        note=asking.clean_note(wish.note),
        retry_of=wish.retry_of.id if wish.retry_of else None,
        client_version=wish.client_version[: asking.VERSION_LENGTH],
        notice=notice,
    )
