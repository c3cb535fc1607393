"""UnionPay as a provider: sends the payer to its page, asks the gateway, and says what it answered.

An order exists at UnionPay only once the payer's browser brought it there, so until its time is
over "no such order" means "not yet".
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from paydesk.kit import clock
from paydesk.money.payments.providers import calling, credentials, references
from paydesk.money.payments.providers.base import Adapter
from paydesk.money.payments.providers.credentials import Account
from paydesk.money.payments.providers.protocol import (
    Acknowledgement,
    Answer,
    Capabilities,
    Instrument,
    Order,
    ProviderSilent,
    Said,
    SettlementLine,
    Told,
)
from paydesk.money.payments.providers.unionpay import notification, settlement, signing, wire

PAGE = "unionpay:page"


class UnionPay(Adapter):
    """The adapter; keeps nothing in memory."""

    code = "unionpay"
    capabilities = Capabilities(
        kinds=frozenset({"card"}),
        verification=True,
        notifies=True,
        answers_queries=True,
        hosted_page=True,
        refunds=True,
        refund_window=timedelta(days=330),
        settlement_files=True,
        open_tokens=(PAGE,),
    )

    def instrument(self, token: str) -> Instrument | None:
        return Instrument(token, "card", "unionpay") if token == PAGE else None

    def charge(self, order: Order) -> Answer:
        account = credentials.of(self.code, order.brand)
        fields = signing.sign(wire.payment(account, order), account)
        action = {
            "kind": "page",
            "url": account.get("gateway", wire.GATEWAY) + wire.FRONT,
            "fields": {name: value for name, value in fields.items() if value != ""},
            "until": wire.expires(order).isoformat(),
        }
        return Answer(Said.REQUIRES_ACTION, order.amount, order.currency, action=action)

    def query(self, order: Order) -> Answer:
        answer = self._look(order)
        if answer.said is not Said.NOT_FOUND:
            return answer
        if clock.now() <= wire.expires(order) + wire.GRACE:
            return Answer(Said.REQUIRES_ACTION, order.amount, order.currency)
        return Answer(Said.REFUSED, order.amount, order.currency, code=wire.TIMED_OUT)

    def _look(self, order: Order) -> Answer:
        account = credentials.of(self.code, order.brand)
        said = _ask(account, wire.QUERY, wire.common(account, order, wire.LOOK, "00"))
        code = said.get("respCode", "")
        if code == wire.NOT_FOUND:
            return Answer(Said.NOT_FOUND, order.amount, order.currency)
        if code != "00" or said.get("orderId") != references.write(order.reference):
            raise ProviderSilent(f"code {code}")
        return _of(said, said.get("origRespCode", ""), order)

    def refund(self, order: Order) -> Answer:
        account = credentials.of(self.code, order.brand)
        said = _ask(account, wire.BACK, wire.refund(account, order))
        code = said.get("respCode", "")
        if code == "12":  # asked before under the same number
            return self.query_refund(order)
        if code == "00":  # taken in; done when the notification or a query says so
            number = said.get("queryId", "")[:64]
            return Answer(Said.WAITING, order.amount, order.currency, number)
        return wire.of_code(code, order, order.amount, said.get("queryId", "")[:64])

    def query_refund(self, order: Order) -> Answer:
        return self._look(order)

    def read_notification(
        self, brand: str, raw: bytes, headers: Mapping[str, str], at: datetime
    ) -> Told:
        return notification.read(credentials.of(self.code, brand), raw, at)

    def reread(self, brand: str, raw: bytes) -> Told:
        return notification.content(raw)

    def acknowledge(self, believed: bool) -> Acknowledgement:
        """UnionPay looks at the status alone."""
        return Acknowledgement(200, b"ok") if believed else Acknowledgement(401)

    def read_settlement(self, brand: str, raw: bytes) -> Iterable[SettlementLine]:
        return settlement.read(raw)


def _of(said: Mapping[str, str], code: str, order: Order) -> Answer:
    number = said.get("queryId", "")[:64]
    if code not in {"00", "A6"}:
        return wire.of_code(code, order, order.amount, number)
    try:
        return wire.of_code(code, order, wire.amount_of(said), number)
    except wire.Unreadable as error:
        raise ProviderSilent("no amount") from error


def _ask(account: Account, path: str, fields: Mapping[str, str]) -> dict[str, str]:
    """What the gateway says. Raises ProviderSilent, also for an answer that UnionPay did not
    sign."""
    reply = calling.call(
        "POST",
        account.get("gateway", wire.GATEWAY) + path,
        headers={"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"},
        body=wire.form(signing.sign(fields, account)),
    )
    if reply.status != 200:
        raise ProviderSilent(f"status {reply.status}")
    try:
        said = wire.read_answer(reply.body)
    except wire.Unreadable as error:
        raise ProviderSilent(str(error)) from error
    if not signing.is_genuine(said, account, clock.now()):
        raise ProviderSilent("not signed by UnionPay")
    return said
