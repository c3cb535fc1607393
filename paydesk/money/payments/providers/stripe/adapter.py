"""The adapter for Stripe. A token is "customer:payment method", both Stripe's own names.

Our reference is the idempotency key of what moves money and stands in its metadata, so that it
can be found again whatever we heard.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from paydesk.kit import clock
from paydesk.money.payments.providers import credentials
from paydesk.money.payments.providers.base import Adapter
from paydesk.money.payments.providers.protocol import (
    Answer,
    Capabilities,
    Instrument,
    Order,
    ProviderSilent,
    Said,
    Saving,
    Told,
)
from paydesk.money.payments.providers.stripe import notification, reading, wire
from paydesk.money.payments.providers.stripe.wire import Declined

CODE = "stripe"
VERIFICATION_TIME = timedelta(hours=1)
_SKEW = 300  # seconds that the two clocks may differ


class Stripe(Adapter):
    """Keeps nothing in memory; each brand has its own account."""

    code = CODE
    capabilities = Capabilities(
        kinds=frozenset({"card"}),
        verification=True,
        notifies=True,
        answers_queries=True,
        hosted_page=True,
        refunds=True,
        disputes=True,
    )

    def charge(self, order: Order) -> Answer:
        customer, _, method = order.token.partition(":")
        fields = {
            "amount": str(order.amount),
            "currency": order.currency.lower(),
            "customer": customer,
            "payment_method": method,
            "payment_method_types[]": "card",
            "confirm": "true",
            "metadata[reference]": str(order.reference),
            "metadata[brand]": order.brand,
        }
        if order.terms.return_url:
            fields["return_url"] = order.terms.return_url
        if order.terms.description:
            fields["description"] = order.terms.description
        try:
            intent = wire.post(order.brand, "/v1/payment_intents", fields, str(order.reference))
        except Declined as declined:
            return self._declined(order, declined)
        return _readable(intent)

    def query(self, order: Order) -> Answer:
        intent = self._intent(order)
        if intent is None:
            return Answer(Said.NOT_FOUND, order.amount, order.currency)
        answer = _readable(intent)
        started = order.started_at or clock.now()
        if answer.said is Said.REQUIRES_ACTION and clock.now() - started > VERIFICATION_TIME:
            return self._give_up(order, answer)
        return answer

    def refund(self, order: Order) -> Answer:
        assert order.original
        fields = {
            "payment_intent": order.original.provider_reference,
            "amount": str(order.amount),
            "metadata[reference]": str(order.reference),
            "metadata[brand]": order.brand,
        }
        try:
            given = wire.post(order.brand, "/v1/refunds", fields, str(order.reference))
        except Declined as declined:
            return Answer(Said.REFUSED, order.amount, order.currency, code=declined.code)
        return reading.refund(given)

    def query_refund(self, order: Order) -> Answer:
        assert order.original
        if order.provider_reference:
            return reading.refund(wire.get(order.brand, f"/v1/refunds/{order.provider_reference}"))
        fields = {"payment_intent": order.original.provider_reference, "limit": "100"}
        for given in wire.get(order.brand, "/v1/refunds", fields)["data"]:
            if given["metadata"].get("reference") == str(order.reference):
                return reading.refund(given)
        return Answer(Said.NOT_FOUND, order.amount, order.currency)

    def begin_saving(self, brand: str, customer: UUID, return_url: str) -> Saving:
        try:
            made = wire.post(
                brand, "/v1/customers", {"metadata[customer]": str(customer)}, f"cus-{customer}"
            )
            fields = {
                "mode": "setup",
                "customer": made["id"],
                "payment_method_types[]": "card",
                "success_url": return_url,
                "cancel_url": return_url,
            }
            session = wire.post(brand, "/v1/checkout/sessions", fields)
        except Declined as declined:
            raise ProviderSilent(declined.code) from declined
        return Saving(session["id"], session["url"])

    def saved(self, brand: str, reference: str) -> Instrument | None:
        path = f"/v1/checkout/sessions/{reference}"
        try:
            session = wire.get(brand, path, {"expand[]": "setup_intent.payment_method"})
        except Declined as declined:
            raise ProviderSilent(declined.code) from declined
        intent = session.get("setup_intent") or {}
        method = intent.get("payment_method") or {}
        if session.get("status") != "complete" or not method:
            return None
        card = method["card"]
        return Instrument(
            token=f"{session['customer']}:{method['id']}",
            kind="card",
            scheme=str(card["brand"]),
            last4=str(card["last4"]),
            expires=f"{int(card['exp_month']):02}/{int(card['exp_year']) % 100:02}",
        )

    def forget(self, brand: str, token: str) -> None:
        method = token.partition(":")[2]
        try:
            wire.post(brand, f"/v1/payment_methods/{method}/detach", {})
        except Declined:
            return  # it is not there any more

    def read_notification(
        self, brand: str, raw: bytes, headers: Mapping[str, str], at: datetime
    ) -> Told:
        secret = credentials.of(CODE, brand)["webhook_secret"]
        notification.check(secret, raw, headers.get(notification.HEADER, ""), at)
        return self.reread(brand, raw)

    def reread(self, brand: str, raw: bytes) -> Told:
        account = str(credentials.of(CODE, brand).get("account", ""))
        return notification.read(raw, brand, account)

    def _declined(self, order: Order, declined: Declined) -> Answer:
        if declined.intent:
            return reading.charge(declined.intent, declined.code)
        return Answer(Said.REFUSED, order.amount, order.currency, code=declined.code)

    def _intent(self, order: Order) -> Mapping[str, object] | None:
        """The order's payment intent: by its name, else among the customer's lately made ones (a
        search by metadata would lag behind)."""
        try:
            if order.provider_reference:
                return wire.get(order.brand, f"/v1/payment_intents/{order.provider_reference}")
            since = int((order.started_at or clock.now()).timestamp()) - _SKEW
            fields = {
                "customer": order.token.partition(":")[0],
                "created[gte]": str(since),
                "limit": "100",
            }
            made = wire.get(order.brand, "/v1/payment_intents", fields)["data"]
        except Declined as declined:
            raise ProviderSilent(declined.code) from declined
        wanted = str(order.reference)
        return next((one for one in made if one["metadata"].get("reference") == wanted), None)

    def _give_up(self, order: Order, answer: Answer) -> Answer:
        """Cancel an order whose payer never came back, so that it can't be paid later."""
        path = f"/v1/payment_intents/{answer.reference}/cancel"
        try:
            intent = wire.post(order.brand, path, {}, f"{order.reference}-cancel")
        except Declined:
            return answer  # it has moved on meanwhile: the next question will tell
        return reading.charge(intent, "authentication_required")


def _readable(intent: Mapping[str, object]) -> Answer:
    try:
        return reading.charge(intent)
    except (KeyError, ValueError, TypeError) as error:
        raise ProviderSilent("an answer that is no payment intent") from error
