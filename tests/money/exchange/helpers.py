"""Exchange for tests: rates, liquidity and quotes, made by the real actions."""

from typing import Any

from paydesk.approvals import actions as approvals
from paydesk.approvals.models import Request
from paydesk.kit.actors import SYSTEM
from paydesk.money.exchange import actions, queries
from paydesk.money.exchange.actions.paying import Wish
from paydesk.money.exchange.actions.treasury import carry_out_funding
from paydesk.money.exchange.models import Funding, Quote
from paydesk.money.exchange.rules import Declared, Side
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.states import PaymentKind
from paydesk.people.models import Customer, StaffMember
from tests.factories import StaffFactory
from tests.money.payments.helpers import customer_actor, fund, key

DECLARED = Declared("US", purpose="study", address="12 Elm Street, Springfield")


def rates(brand: str = "topay") -> None:
    """Read the rates of this minute."""
    assert actions.refresh_rates(brand) > 0


def liquidity(
    staff_factory: StaffFactory, amount: int, currency: str, brand: str = "topay"
) -> None:
    """Fund a currency: one asks, another agrees, it moves."""
    first, second = (staff_factory(role="supervisor", brands=[brand]) for _ in range(2))
    funding = ask(first, amount, currency, brand)
    asked = Request.objects.get(id=funding.approval_id)
    approvals.decide(asked, staff=second, approve=True)
    carry_out_funding(request_id=str(asked.id), brand=brand)
    assert queries.liquidity(brand)[currency] >= amount


def ask(staff: StaffMember, amount: int, currency: str, brand: str = "topay") -> Funding:
    """Ask for funding."""
    return actions.ask_funding(staff=staff, brand=brand, currency=currency, amount=amount)


def quote(
    customer: Customer,
    amount: int,
    *,
    pay: str = "CNY",
    get: str = "USD",
    side: Side = Side.PAY,
    kind: PaymentKind = PaymentKind.EXCHANGE,
) -> Quote:
    """A quote for minor units of the side that is typed."""
    return actions.quote(
        customer=customer,
        kind=kind,
        pay_currency=pay,
        get_currency=get,
        side=side,
        amount=amount,
        actor=SYSTEM(customer.brand),
    )


def convert(offer: Quote, **more: Any) -> Outcome:
    """Use a quote between own wallets."""
    values: dict[str, Any] = {"actor": customer_actor(offer.customer), "key": key()} | more
    return actions.convert(quote=offer, **values)


def remit(offer: Quote, recipient: str | Customer, **more: Any) -> Outcome:
    """Use a quote to pay somebody."""
    values: dict[str, Any] = {"actor": customer_actor(offer.customer), "key": key()}
    values |= {"declared": DECLARED} | more
    return actions.remit(Wish(offer, recipient=recipient, **values))


def remitted(payer: Customer, payee: Customer, got: int, staff_factory: StaffFactory) -> Payment:
    """A remittance that brought `got` US cents, by one who has CNY 1,000."""
    rates()
    liquidity(staff_factory, 100_000, "USD")
    fund(payer, 100_000)
    offer = quote(payer, got, side=Side.GET, kind=PaymentKind.REMITTANCE)
    return Payment.objects.get(id=remit(offer, payee).id)
