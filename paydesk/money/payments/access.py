"""The only way entry and the desk obtain a payment: scoped by brand and by owner.

What is not there and what is not yours look the same.
"""

from paydesk.kit.actors import Actor, ActorKind
from paydesk.money.payments import queries
from paydesk.money.payments.models import Payment
from paydesk.people.models import Customer


class PaymentNotFound(LookupError):
    """There is no such payment, or it is not for the asker's eyes."""


def payment_of(customer: Customer, number: str) -> Payment:
    """A customer's own payment by its public number. Raises PaymentNotFound."""
    found = queries.visible_to(customer).filter(number=number).first()
    if found is None:
        raise PaymentNotFound(number)
    return found


def payment_asked(customer: Customer, key: str) -> Payment:
    """A customer's own payment by the key under which they asked for it. Raises PaymentNotFound."""
    actor = Actor(ActorKind.CUSTOMER, customer.id, customer.brand)
    found = Payment.objects.filter(brand=customer.brand, asked_by=str(actor), request_key=key)
    payment = found.first()
    if payment is None:
        raise PaymentNotFound(key)
    return payment
