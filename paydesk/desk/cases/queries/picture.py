"""The customer of a case as staff need to see him: account, restrictions, money, history.

Call `actions.look` first: it asks for the permission and records the look.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from paydesk.desk.cases.models import Case
from paydesk.desk.cases.rules import State
from paydesk.money.payments import queries as payments
from paydesk.money.payments.models import Hold, Payment
from paydesk.money.payments.queries import WalletFacts
from paydesk.people import queries as people
from paydesk.people.models import Customer, Restriction, RestrictionKind

PAYMENTS = 8
EARLIER = 5
IN_APP = "chat"  # on this channel a customer is known by his session; elsewhere by his word


@dataclass(frozen=True, slots=True)
class Party:
    """The other side of the case's payment: who, and what is frozen there. No money of theirs."""

    customer: Customer
    restrictions: Sequence[Restriction]

    @property
    def frozen(self) -> bool:
        """Whether a freeze is in force."""
        return any(one.kind == RestrictionKind.FREEZE for one in self.restrictions)


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything the facts pane shows of a known customer."""

    customer: Customer
    signed_in: bool  # he wrote from inside the app, where only he can be
    signed_in_at: datetime | None
    restrictions: Sequence[Restriction]
    wallets: Sequence[WalletFacts]
    payments: Sequence[Payment]
    holds: Sequence[Hold]
    earlier: Sequence[Case]
    other_party: Party | None

    @property
    def frozen(self) -> bool:
        """Whether a freeze is in force on the customer."""
        return any(one.kind == RestrictionKind.FREEZE for one in self.restrictions)

    @property
    def locked(self) -> bool:
        """Whether wrong passwords keep the customer from signing in."""
        return any(one.kind == RestrictionKind.PASSWORD for one in self.restrictions)


def picture(case: Case) -> Picture | None:
    """The picture of the case's customer; None while he is not known."""
    customer = people.customer(case.brand, case.customer_id) if case.customer_id else None
    if customer is None:
        return None
    sign_ins = people.last_sign_ins(customer.user_id, 1)
    earlier = Case.objects.filter(customer=customer).exclude(pk=case.pk).order_by("-opened_at")
    return Picture(
        customer=customer,
        signed_in=case.channel == IN_APP,
        signed_in_at=sign_ins[0].at if sign_ins else None,
        restrictions=people.active_restrictions(customer.pk),
        wallets=payments.wallets(customer),
        payments=payments.concerning(customer, PAYMENTS),
        holds=payments.open_holds(customer),
        earlier=list(earlier[:EARLIER]),
        other_party=other_party(case),
    )


def unclosed_of(customer: Customer) -> Sequence[Case]:
    """The customer's cases that are not closed, newest first: the latest few."""
    found = Case.objects.filter(customer=customer).exclude(state=State.CLOSED)
    return list(found.order_by("-opened_at")[:EARLIER])


def other_party(case: Case) -> Party | None:
    """The other side of the payment that the case is about."""
    payment = payments.payment(case.brand, case.payment_id) if case.payment_id else None
    if payment is None:
        return None
    sides = [one for one in (payment.payee_id, payment.payer_id) if one and one != case.customer_id]
    found = people.customer(case.brand, sides[0]) if sides else None
    return Party(found, people.active_restrictions(found.pk)) if found else None


def subject_payment(case: Case) -> Payment | None:
    """The payment that the case is about, its sides and attempts with it."""
    return payments.payment(case.brand, case.payment_id) if case.payment_id else None
