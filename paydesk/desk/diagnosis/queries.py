"""The questions to this domain: why did this payment not succeed, and what does the ledger say?

Whoever asks has already made sure that the reader may see the payment.
"""

from uuid import UUID

from paydesk.desk.diagnosis import facts, proof, rules, service_rules, texts
from paydesk.desk.diagnosis.shapes import Audience, Explanation, Finding
from paydesk.money.payments.models import Payment


def finding_of(payment: Payment) -> Finding:
    """The finding as codes and values, to be kept with a case and rendered for each reader."""
    return rules.find(facts.collect(payment))


def explain(payment: Payment, *, lang: str, audience: Audience) -> Explanation:
    """The finding in words. `audience` decides how much is told: a customer learns less about
    somebody else's account, and about screening, than staff do."""
    return texts.render(finding_of(payment), brand=payment.brand, lang=lang, audience=audience)


def explain_unbooked(brand: str, key: str, *, lang: str, audience: Audience) -> Explanation:
    """Why nothing is known of a request that a customer's browser could not finish (row 53).

    Ask only when no payment has that request key."""
    finding = service_rules.connection_broke(key)
    return texts.render(finding, brand=brand, lang=lang, audience=audience)


def ledger_says(payment: Payment, *, owner: UUID, lang: str) -> list[tuple[str, str]]:
    """Label and words of what the ledger holds about the payment, from a customer's side of it.
    For who may see that customer's balance. Raises ValueError for a customer on neither side."""
    return texts.ledger_lines(proof.prove(payment, owner), lang=lang)
