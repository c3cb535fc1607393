"""Alipay as a provider: asks the gateway, and says in our words what it answered.

Page and app payments are signed links that the payer opens; a QR payment asks for a code first.
None of them exists at Alipay before the payer opened it, so until an order's time is over
"no such trade" only means "not yet".
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from paydesk.kit import clock
from paydesk.money.payments.providers import calling, credentials, references
from paydesk.money.payments.providers.alipay import notification, settlement, signing, wire
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

QR, PAGE, APP, WAP = "alipay:qr", "alipay:page", "alipay:app", "alipay:wap"
_OPENED = {
    PAGE: "alipay.trade.page.pay",
    WAP: "alipay.trade.wap.pay",
    APP: "alipay.trade.app.pay",
}
CLOSED = "ACQ.TRADE_HAS_CLOSE"
# The gateway itself failed or was too busy: what became of the order is not said.
_NO_ANSWER = frozenset({"ACQ.SYSTEM_ERROR", "aop.ACQ.SYSTEM_ERROR", "isp.unknow-error"})


class Alipay(Adapter):
    """The adapter; keeps nothing in memory."""

    code = "alipay"
    capabilities = Capabilities(
        kinds=frozenset({"wallet"}),
        verification=True,
        notifies=True,
        answers_queries=True,
        qr=True,
        refunds=True,
        refund_window=timedelta(days=365),
        settlement_files=True,
        open_tokens=(QR, WAP),
    )

    def instrument(self, token: str) -> Instrument | None:
        return Instrument(token, "wallet", "alipay") if token in {QR, *_OPENED} else None

    def charge(self, order: Order) -> Answer:
        account = credentials.of(self.code, order.brand)
        content = wire.order_content(order)
        until = wire.expires(order).isoformat()
        if method := _OPENED.get(order.token):
            content["product_code"] = wire.PRODUCTS[method]
            fields = wire.request(
                account,
                method,
                content,
                clock.now(),
                notify_url=order.notify_url,
                return_url=order.terms.return_url,
            )
            return _to_do(
                order, wire.opening(account, order.token == APP, fields) | {"until": until}
            )
        method = "alipay.trade.precreate"
        said = _ask(account, method, content, notify_url=order.notify_url)
        if refused := _refused(order, said):
            return refused
        return _to_do(order, {"kind": "qr", "content": str(said["qr_code"]), "until": until})

    def query(self, order: Order) -> Answer:
        account = credentials.of(self.code, order.brand)
        content = {"out_trade_no": references.write(order.reference)}
        said = _ask(account, "alipay.trade.query", content)
        late = clock.now() > wire.expires(order) + wire.GRACE
        if said.get("sub_code") == "ACQ.TRADE_NOT_EXIST":
            gone = Answer(Said.REFUSED, order.amount, order.currency, code=CLOSED)
            return gone if late else _to_do(order, {})
        answer = wire.of_trade(order, said) if _fine(said) else _refused(order, said)
        if answer is None:
            raise ProviderSilent("no state")
        if answer.said is Said.WAITING and late:
            return self.close(order)
        return answer

    def close(self, order: Order) -> Answer:
        """End an order that was not paid. One that was paid meanwhile is told as paid."""
        account = credentials.of(self.code, order.brand)
        content = {"out_trade_no": references.write(order.reference)}
        said = _ask(account, "alipay.trade.close", content)
        if _fine(said) or said.get("sub_code") == "ACQ.TRADE_NOT_EXIST":
            return Answer(Said.REFUSED, order.amount, order.currency, code=CLOSED)
        said = _ask(account, "alipay.trade.query", content)
        return wire.of_trade(order, said) if _fine(said) else _refused(order, said) or _lost()

    def refund(self, order: Order) -> Answer:
        account = credentials.of(self.code, order.brand)
        said = _ask(account, "alipay.trade.refund", wire.refund_content(order))
        if refused := _refused(order, said):
            return refused
        # N: asked before under the same number, or not done yet; asking tells which.
        if said.get("fund_change") != "Y":
            return self.query_refund(order)
        return Answer(Said.PAID, order.amount, order.currency, str(said.get("trade_no", "")))

    def query_refund(self, order: Order) -> Answer:
        account = credentials.of(self.code, order.brand)
        content = wire.refund_key(order)
        said = _ask(account, "alipay.trade.fastpay.refund.query", content)
        if said.get("sub_code") in {"ACQ.TRADE_NOT_EXIST", "ACQ.REFUND_NOT_EXIST"}:
            return Answer(Said.NOT_FOUND, order.amount, order.currency)
        return _refused(order, said) or wire.of_refund(order, said)

    def read_notification(
        self, brand: str, raw: bytes, headers: Mapping[str, str], at: datetime
    ) -> Told:
        return notification.read(credentials.of(self.code, brand), raw, at)

    def reread(self, brand: str, raw: bytes) -> Told:
        return notification.content(notification.fields(raw))

    def acknowledge(self, believed: bool) -> Acknowledgement:
        """Alipay sends again until it reads the one word."""
        return Acknowledgement(200 if believed else 401, b"success" if believed else b"failure")

    def read_settlement(self, brand: str, raw: bytes) -> Iterable[SettlementLine]:
        return settlement.read(raw)


def _ask(
    account: Account, method: str, content: Mapping[str, Any], *, notify_url: str = ""
) -> dict[str, Any]:
    """What the gateway says to a question. Raises ProviderSilent, also for an answer that Alipay
    did not sign and for one that says nothing of the order."""
    fields = wire.request(account, method, content, clock.now(), notify_url=notify_url)
    reply = calling.call(
        "POST",
        account.get("gateway", wire.GATEWAY),
        headers={"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"},
        body=wire.encoded(fields).encode(),
    )
    if reply.status != 200:
        raise ProviderSilent(f"status {reply.status}")
    try:
        said = signing.open_answer(reply.body, method, account["alipay_public_key"])
    except signing.BadAnswer as error:
        raise ProviderSilent(str(error)) from error
    if said.get("code") == "20000" or said.get("sub_code") in _NO_ANSWER:
        raise ProviderSilent(str(said.get("sub_code", said.get("code"))))
    return said


def _fine(said: Mapping[str, Any]) -> bool:
    return said.get("code") == "10000"


def _refused(order: Order, said: Mapping[str, Any]) -> Answer | None:
    if _fine(said):
        return None
    code = str(said.get("sub_code") or said.get("code", ""))[:64]
    return Answer(Said.REFUSED, order.amount, order.currency, code=code)


def _to_do(order: Order, action: Mapping[str, Any]) -> Answer:
    return Answer(Said.REQUIRES_ACTION, order.amount, order.currency, action=action)


def _lost() -> Answer:
    raise ProviderSilent("no state")
