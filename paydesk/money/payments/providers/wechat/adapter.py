"""WeChat Pay as a provider: asks the gateway, and says in our words what it answered."""

import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

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
from paydesk.money.payments.providers.wechat import (
    certificates,
    notification,
    settlement,
    signing,
    wire,
)

NATIVE, H5, JSAPI = "wechat:native", "wechat:h5", "wechat:jsapi"
_UNKNOWN_ORDER = frozenset({"ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS"})
_ASKED_BEFORE = frozenset({"ORDERPAID", "OUT_TRADE_NO_USED"})
_NO_ANSWER = frozenset({"SYSTEM_ERROR", "SYSTEMERROR", "FREQUENCY_LIMITED", "BANK_ERROR"})
Spoken = tuple[int, dict[str, Any]]


class WeChat(Adapter):
    """The adapter; what it learns of certificates is kept in the database."""

    code = "wechat"
    capabilities = Capabilities(
        kinds=frozenset({"wallet"}),
        verification=True,
        notifies=True,
        answers_queries=True,
        qr=True,
        refunds=True,
        refund_window=timedelta(days=365),
        settlement_files=True,
        open_tokens=(NATIVE, H5),
    )

    def instrument(self, token: str) -> Instrument | None:
        known = token in {NATIVE, H5} or token.startswith(f"{JSAPI}:")
        return Instrument(token, "wallet", "wechat") if known else None

    def charge(self, order: Order) -> Answer:
        account = credentials.of(self.code, order.brand)
        kind, content = _kind(order, wire.order_content(account, order))
        status, said = _ask(account, "POST", f"/v3/pay/transactions/{kind}", content)
        if str(said.get("code")) in _ASKED_BEFORE:
            return self.query(order)
        if refused := _refused(order, status, said):
            return refused
        action = _action(account, order, said) | {"until": wire.expires(order).isoformat()}
        return Answer(Said.REQUIRES_ACTION, order.amount, order.currency, action=action)

    def query(self, order: Order) -> Answer:
        answer = self._look(order)
        unpaid = answer.said in {Said.REQUIRES_ACTION, Said.WAITING}
        if unpaid and clock.now() > wire.expires(order) + wire.GRACE:
            return self.close(order)
        return answer

    def close(self, order: Order) -> Answer:
        """End an order that was not paid. One that was paid meanwhile is told as paid."""
        account = credentials.of(self.code, order.brand)
        path = f"{_path(order)}/close"
        status, said = _ask(account, "POST", path, {"mchid": account["mchid"]})
        if status == 204 or said.get("code") in {*_UNKNOWN_ORDER, wire.CLOSED}:
            return Answer(Said.REFUSED, order.amount, order.currency, code=wire.CLOSED)
        return self._look(order)

    def _look(self, order: Order) -> Answer:
        account = credentials.of(self.code, order.brand)
        status, said = _ask(account, "GET", f"{_path(order)}?mchid={account['mchid']}")
        return _refused(order, status, said) or wire.of_trade(said, order.amount)

    def refund(self, order: Order) -> Answer:
        account = credentials.of(self.code, order.brand)
        content = wire.refund_content(order)
        status, said = _ask(account, "POST", "/v3/refund/domestic/refunds", content)
        return _refused(order, status, said) or wire.of_refund(said, str(said.get("status", "")))

    def query_refund(self, order: Order) -> Answer:
        account = credentials.of(self.code, order.brand)
        path = f"/v3/refund/domestic/refunds/{references.write(order.reference)}"
        status, said = _ask(account, "GET", path)
        return _refused(order, status, said) or wire.of_refund(said, str(said.get("status", "")))

    def read_notification(
        self, brand: str, raw: bytes, headers: Mapping[str, str], at: datetime
    ) -> Told:
        return notification.read(credentials.of(self.code, brand), raw, headers, at)

    def reread(self, brand: str, raw: bytes) -> Told:
        return notification.content(credentials.of(self.code, brand), raw)

    def acknowledge(self, believed: bool) -> Acknowledgement:
        """WeChat takes an empty success; for anything else it wants a word of its own."""
        if believed:
            return Acknowledgement(204)
        return Acknowledgement(401, b'{"code":"FAIL","message":"not believed"}', "application/json")

    def read_settlement(self, brand: str, raw: bytes) -> Iterable[SettlementLine]:
        return settlement.read(raw)


def _kind(order: Order, content: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    if order.token == H5:
        scene = {"payer_client_ip": order.terms.client_ip, "h5_info": {"type": "Wap"}}
        return "h5", content | {"scene_info": scene}
    if order.token.startswith(f"{JSAPI}:"):
        return "jsapi", content | {"payer": {"openid": order.token.removeprefix(f"{JSAPI}:")}}
    return "native", content


def _action(account: Account, order: Order, said: Mapping[str, Any]) -> dict[str, Any]:
    """What the payer has to do now. Raises ProviderSilent for an answer that does not say it."""
    try:
        if order.token == H5:
            back = order.terms.return_url
            url = (
                f"{said['h5_url']}&redirect_url={quote(back, safe='')}" if back else said["h5_url"]
            )
            return {"kind": "redirect", "url": str(url)}
        if order.token.startswith(f"{JSAPI}:"):
            return {"kind": "app", "fields": _bridge(account, str(said["prepay_id"]))}
        return {"kind": "qr", "content": str(said["code_url"])}
    except KeyError as error:
        raise ProviderSilent("no way to pay") from error


def _bridge(account: Account, prepay: str) -> dict[str, str]:
    """What a page inside WeChat hands to its bridge."""
    moment, nonce = str(int(clock.now().timestamp())), secrets.token_hex(16)
    package = f"prepay_id={prepay}"
    return {
        "appId": account["app_id"],
        "timeStamp": moment,
        "nonceStr": nonce,
        "package": package,
        "signType": "RSA",
        "paySign": signing.pay_sign(account, account["app_id"], moment, nonce, package),
    }


def _path(order: Order) -> str:
    return f"/v3/pay/transactions/out-trade-no/{references.write(order.reference)}"


def _refused(order: Order, status: int, said: Mapping[str, Any]) -> Answer | None:
    if status < 300:
        return None
    code = str(said.get("code", status))[:64]
    if code in _UNKNOWN_ORDER:
        return Answer(Said.NOT_FOUND, order.amount, order.currency, code=code)
    return Answer(Said.REFUSED, order.amount, order.currency, code=code)


def _ask(
    account: Account, method: str, path: str, content: Mapping[str, Any] | None = None
) -> Spoken:
    """Status and content of the gateway's answer. Raises ProviderSilent, also for an answer that
    WeChat did not sign and for one that says nothing of the order."""
    if certificates.aged(account):
        _refresh(account)
    reply = _send(account, method, path, content)
    given = signing.stamp(reply.headers)
    if given.complete or reply.status < 300:
        _check(account, given, reply.body)
    said = _object(reply.body)
    if reply.status >= 500 or str(said.get("code")) in _NO_ANSWER:
        raise ProviderSilent(str(said.get("code", reply.status)))
    return reply.status, said


def _send(
    account: Account, method: str, path: str, content: Mapping[str, Any] | None
) -> calling.Reply:
    body = b""
    if content is not None:
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    moment, nonce = int(clock.now().timestamp()), secrets.token_hex(16)
    headers = {
        "Accept": "application/json",
        "Content-Type": "application/json",
        "Authorization": signing.authorization(
            account, method, path, body, nonce=nonce, moment=moment
        ),
    }
    if "public_key_id" in account:
        headers["Wechatpay-Serial"] = account["public_key_id"]
    url = account.get("gateway", wire.GATEWAY) + path
    return calling.call(method, url, headers=headers, body=body)


def _check(account: Account, given: signing.Stamp, body: bytes) -> None:
    """Raises ProviderSilent unless WeChat signed the body, fetching new certificates if need be."""
    if given.serial not in certificates.trusted(account):
        _refresh(account)
    try:
        if signing.is_genuine(given, body, certificates.trusted(account)):
            return
    except signing.UnknownSerial as error:
        raise ProviderSilent("unknown certificate") from error
    raise ProviderSilent("not signed by WeChat")


def _refresh(account: Account) -> None:
    def download() -> Mapping[str, Any]:
        return _object(_send(account, "GET", certificates.PATH, None).body)

    try:
        certificates.refresh(account, download)
    except (signing.Unsealable, KeyError, TypeError, ValueError) as error:
        raise ProviderSilent("unreadable certificates") from error


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise ProviderSilent("unreadable answer") from error
    return found if isinstance(found, dict) else {}
