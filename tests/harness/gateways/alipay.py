"""Alipay's gateway and its notifications, as its open API documents them."""

import json
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from paydesk.kit import clock
from paydesk.money.payments.providers import rsa
from paydesk.money.payments.providers.alipay import signing, wire
from tests.harness.gateways.base import Gateway, Reply, Trade, private_pem, public_pem

APP, SELLER = "2021000000000001", "2088000000000001"
OURS, THEIRS, STRANGER = "alipay-app", "alipay", "alipay-stranger"


class AlipayGateway(Gateway):
    """`pay` and `open` are what the payer does in the app."""

    def settings(self) -> dict[str, str]:
        return {
            "app_id": APP,
            "seller_id": SELLER,
            "private_key": private_pem(OURS),
            "alipay_public_key": public_pem(THEIRS),
            "gateway": f"{self.url}/gateway.do",
        }

    def handle(self, method: str, path: str, headers: Any, body: bytes) -> Reply:
        fields = dict(parse_qsl(body.decode()))
        return self._say(fields["method"], self._decide(fields))

    def visit(self, url: str) -> Trade:
        """The payer's browser follows the link of a page payment."""
        return self._open(dict(parse_qsl(urlsplit(url).query)))

    def open_app(self, order: str) -> Trade:
        """The payer's phone hands an order to the app."""
        return self._open(dict(parse_qsl(order)))

    def pay(self, number: str, amount: int | None = None) -> Trade:
        """The payer pays, `amount` fen if not what was ordered."""
        trade = self.book[number]
        trade.state, trade.paid = "paid", trade.amount if amount is None else amount
        return trade

    def _decide(self, fields: dict[str, str]) -> dict[str, Any]:
        if not _signed_by_us(fields):
            return _bad("isv.invalid-signature", "40002")
        content = json.loads(fields["biz_content"])
        if code := self.refusals.get(fields["method"]):
            return _bad(code, "20000" if code.startswith("isp.") else "40004")
        match fields["method"]:
            case "alipay.trade.precreate":
                trade = self._order(content)
                return _good(
                    out_trade_no=trade.number, qr_code=f"https://qr.alipay.com/{trade.own}"
                )
            case "alipay.trade.query":
                return self._state(content)
            case "alipay.trade.close":
                return self._close(content)
            case "alipay.trade.refund":
                return self._refund(content)
            case "alipay.trade.fastpay.refund.query":
                return self._refund_state(content)
        return _bad("isv.invalid-method", "40002")

    def _order(self, content: dict[str, Any]) -> Trade:
        number = content["out_trade_no"]
        amount = round(float(content["total_amount"]) * 100)
        own = f"20261123{len(self.book):020d}"
        return self.book.setdefault(number, Trade(number, amount, own, asked=content))

    def _open(self, fields: dict[str, str]) -> Trade:
        assert _signed_by_us(fields)
        trade = self._order(json.loads(fields["biz_content"]))
        trade.state = "opened"
        return trade

    def _state(self, content: dict[str, Any]) -> dict[str, Any]:
        trade = self.book.get(content["out_trade_no"])
        # A code that nobody scanned is no trade yet.
        if trade is None or trade.state == "new":
            return _bad("ACQ.TRADE_NOT_EXIST")
        states = {"opened": "WAIT_BUYER_PAY", "paid": "TRADE_SUCCESS", "closed": "TRADE_CLOSED"}
        said = {
            "out_trade_no": trade.number,
            "trade_no": trade.own,
            "trade_status": states[trade.state],
            "total_amount": wire.yuan(trade.paid or trade.amount),
            "buyer_logon_id": "138****0001",
        }
        if trade.paid:
            said["send_pay_date"] = wire.moment(clock.now())
        return _good(**said)

    def _close(self, content: dict[str, Any]) -> dict[str, Any]:
        trade = self.book.get(content["out_trade_no"])
        if trade is None or trade.state == "new":
            return _bad("ACQ.TRADE_NOT_EXIST")
        if trade.state == "paid":
            return _bad("ACQ.REASON_TRADE_STATUS_INVALID")
        trade.state = "closed"
        return _good(out_trade_no=trade.number, trade_no=trade.own)

    def _refund(self, content: dict[str, Any]) -> dict[str, Any]:
        trade, number = self.book[content["out_trade_no"]], content["out_request_no"]
        amount = wire.fen(content["refund_amount"])
        known = number in trade.refunds
        if not known and sum(trade.refunds.values()) + amount > trade.paid:
            return _bad("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
        trade.refunds[number] = amount
        return _good(
            trade_no=trade.own,
            out_trade_no=trade.number,
            fund_change="N" if known else "Y",
            refund_fee=wire.yuan(sum(trade.refunds.values())),
        )

    def _refund_state(self, content: dict[str, Any]) -> dict[str, Any]:
        trade, number = self.book[content["out_trade_no"]], content["out_request_no"]
        if number not in trade.refunds:
            return _good()
        return _good(
            trade_no=trade.own,
            out_request_no=number,
            refund_amount=wire.yuan(trade.refunds[number]),
            refund_status="REFUND_SUCCESS",
        )

    def _say(self, method: str, said: dict[str, Any], signer: str = THEIRS) -> Reply:
        inner = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        signature = rsa.sign(rsa.private_key(private_pem(signer)), inner.encode())
        name = method.replace(".", "_") + "_response"
        return Reply(
            200,
            f'{{"{name}":{inner},"sign":"{signature}"}}'.encode(),
            {"Content-Type": "text/html;charset=utf-8"},
        )

    def unsigned(self, reply: Reply) -> Reply:
        [(name, said), _] = json.loads(reply.body).items()
        return self._say(name.removesuffix("_response").replace("_", "."), said, STRANGER)

    def notification(self, number: str, *, signer: str = THEIRS, **changes: str) -> bytes:
        """What the gateway posts about a trade; `changes` are made before it signs."""
        trade = self.book[number]
        fields = {
            "notify_id": f"2026112300222{trade.own[-20:]}{trade.state}",
            "notify_type": "trade_status_sync",
            "notify_time": wire.moment(clock.now()),
            "sign_type": "RSA2",
            "charset": "utf-8",
            "version": "1.0",
            "app_id": APP,
            "seller_id": SELLER,
            "out_trade_no": trade.number,
            "trade_no": trade.own,
            "trade_status": "TRADE_SUCCESS" if trade.paid else "WAIT_BUYER_PAY",
            "total_amount": wire.yuan(trade.paid or trade.amount),
            "subject": "充值",
        } | changes
        content = signing.content(fields, frozenset({"sign", "sign_type"}))
        fields["sign"] = rsa.sign(rsa.private_key(private_pem(signer)), content)
        return urlencode(fields).encode()


def _signed_by_us(fields: dict[str, str]) -> bool:
    key = rsa.public_key(public_pem(OURS))
    return rsa.verifies(key, signing.content(fields), fields.get("sign", ""))


def _good(**said: Any) -> dict[str, Any]:
    return {"code": "10000", "msg": "Success", **said}


def _bad(sub: str, code: str = "40004") -> dict[str, Any]:
    return {"code": code, "msg": "Business Failed", "sub_code": sub, "sub_msg": "失败"}
