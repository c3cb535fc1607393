"""What a case carries about its payment from the first moment: the finding, as codes and values.

Nothing here is put into words; diagnosis does that for each reader.
"""

from typing import Any

from paydesk.desk.diagnosis.queries import finding_of
from paydesk.money.payments.models import Payment


def snapshot(payment: Payment) -> dict[str, Any]:
    """The payment as it stands now (minor units) and why, for a fact entry."""
    return {
        "payment": str(payment.pk),
        "number": payment.number,
        "kind": payment.kind,
        "state": payment.state,
        "amount": payment.taken,
        "currency": payment.currency,
        "finding": finding_of(payment).as_json(),
    }
