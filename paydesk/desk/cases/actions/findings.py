"""What a case carries about its payment from the first moment: the facts, as codes and numbers.

Nothing here is put into words; diagnosis does that for each reader.
"""

from typing import Any

from paydesk.money.payments.models import Payment


def snapshot(payment: Payment) -> dict[str, Any]:
    """The payment as it stands now (minor units), for a fact entry."""
    return {
        "payment": str(payment.pk),
        "number": payment.number,
        "kind": payment.kind,
        "state": payment.state,
        "amount": payment.amount,
        "currency": payment.currency,
        "reason": payment.reason,
        "facts": payment.facts,
    }
