"""WeChat Pay's gateway and its notifications, as API v3 documents them."""

import base64
import json
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from paydesk.kit import clock, ids
from paydesk.money.payments.providers import rsa
from tests.harness.gateways import certificates
from tests.harness.gateways.base import Gateway, Reply, Trade, private_pem, public_pem

MERCHANT, APP = "1900000001", "wx0000000000000001"
SECRET = "0123456789abcdef0123456789abcdef"
OURS, STRANGER = "wechat-merchant", "wechat-stranger"


class WeChatGateway(Gateway):
    """Signs with platform certificates; `rotate` makes the next one sign."""

    def __init__(self) -> None:
        super().__init__()
        self.serials: list[str] = []
        self.platform: dict[str, str] = {}
        self.signer = ""
        self.rotate()

    def rotate(self) -> None:
        """A new platform certificate signs from now on; the old one stays on the list."""
        serial = 0x5F000000 + len(self.serials)
        name = f"wechat-platform-{len(self.serials)}"
        self.serials.append(f"{serial:X}")
        self.platform[f"{serial:X}"] = certificates.make(name, "Tenpay.com", serial=serial)
        self.signer = name

    def settings(self) -> dict[str, str]:
        return {
            "mchid": MERCHANT,
            "app_id": APP,
            "serial": "4A000001",
            "private_key": private_pem(OURS),
            "api_key": SECRET,
            "gateway": self.url,
        }

    def pay(self, number: str, amount: int | None = None) -> Trade:
        """The payer pays, `amount` fen if not what was ordered."""
        trade = self.book[number]
        trade.state, trade.paid = "paid", trade.amount if amount is None else amount
        return trade

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        if not _authorised(method, path, headers, body):
            return self._say(401, {"code": "SIGN_ERROR", "message": "签名错误"})
        place = urlsplit(path).path
        for about, code in self.refusals.items():
            if about in place:
                status = 500 if code == "SYSTEM_ERROR" else 403
                return self._say(status, {"code": code, "message": "失败"})
        content = json.loads(body or b"{}")
        if place == "/v3/certificates":
            return self._say(200, {"data": [self._sealed(s) for s in self.serials]})
        if place.startswith("/v3/refund/"):
            return self._refunds(method, place, content)
        if place.endswith("/close"):
            return self._close(place)
        if method == "POST":
            return self._order(place.rpartition("/")[2], content)
        return self._state(place.rpartition("/")[2])

    def _order(self, kind: str, content: dict[str, Any]) -> Reply:
        number, amount = content["out_trade_no"], content["amount"]["total"]
        if (known := self.book.get(number)) and known.paid:
            return self._say(400, {"code": "ORDERPAID", "message": "订单已支付"})
        own = f"42000020261123{len(self.book):014d}"
        trade = self.book.setdefault(number, Trade(number, amount, own, asked=content))
        said = {
            "native": {"code_url": f"weixin://wxpay/bizpayurl?pr={trade.own[-9:]}"},
            "h5": {"h5_url": f"https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?p={own}"},
            "jsapi": {"prepay_id": f"wx2611{own}"},
        }
        return self._say(200, said[kind])

    def _state(self, number: str) -> Reply:
        trade = self.book.get(number)
        if trade is None:
            return self._say(404, {"code": "ORDER_NOT_EXIST", "message": "订单不存在"})
        return self._say(200, self.transaction(trade))

    def transaction(self, trade: Trade) -> dict[str, Any]:
        """A trade as the gateway describes it."""
        states = {"new": "NOTPAY", "opened": "USERPAYING", "paid": "SUCCESS", "closed": "CLOSED"}
        said = {
            "appid": APP,
            "mchid": MERCHANT,
            "out_trade_no": trade.number,
            "trade_state": states[trade.state],
            "trade_state_desc": "",
            "payer": {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
            "amount": {"total": trade.paid or trade.amount, "currency": "CNY"},
        }
        return said | ({"transaction_id": trade.own} if trade.paid else {})

    def _close(self, place: str) -> Reply:
        trade = self.book[place.split("/")[-2]]
        if trade.paid:
            return self._say(400, {"code": "ORDERPAID", "message": "订单已支付"})
        trade.state = "closed"
        return self._say(204, None)

    def _refunds(self, method: str, place: str, content: dict[str, Any]) -> Reply:
        number = content.get("out_refund_no") or place.rpartition("/")[2]
        trade = next((t for t in self.book.values() if number in t.refunds), None)
        if method == "POST" and trade is None:
            trade = self.book[content["out_trade_no"]]
            trade.refunds[number] = content["amount"]["refund"]
            trade.refund_states[number] = "PROCESSING"
        if trade is None:
            return self._say(404, {"code": "RESOURCE_NOT_EXISTS", "message": "退款单不存在"})
        return self._say(200, self.refund(trade, number) | {"status": trade.refund_states[number]})

    def refund(self, trade: Trade, number: str) -> dict[str, Any]:
        """A refund as the gateway describes it, its state apart."""
        return {
            "mchid": MERCHANT,
            "out_trade_no": trade.number,
            "transaction_id": trade.own,
            "out_refund_no": number,
            "refund_id": f"5030{trade.own[-20:]}",
            "amount": {"refund": trade.refunds[number], "total": trade.paid, "currency": "CNY"},
        }

    def notification(
        self,
        content: Mapping[str, Any],
        event: str = "TRANSACTION.SUCCESS",
        *,
        signer: str = "",
        at: int | None = None,
        secret: str = SECRET,
        identity: str = "",
    ) -> tuple[bytes, dict[str, str]]:
        """Body and headers of what the gateway posts."""
        sealed = _seal(json.dumps(content).encode(), secret, "transaction")
        outer = {
            "id": identity or str(ids.uuid7()),
            "create_time": clock.now().isoformat(),
            "resource_type": "encrypt-resource",
            "event_type": event,
            "summary": "支付成功",
            "resource": {"original_type": "transaction"} | sealed,
        }
        body = json.dumps(outer, ensure_ascii=False).encode()
        return body, self._stamp(body, signer, at)

    def _say(self, status: int, said: Mapping[str, Any] | None) -> Reply:
        body = b"" if said is None else json.dumps(said, ensure_ascii=False).encode()
        return Reply(status, body, {"Content-Type": "application/json"} | self._stamp(body))

    def unsigned(self, reply: Reply) -> Reply:
        return Reply(reply.status, reply.body, self._stamp(reply.body, STRANGER))

    def _stamp(self, body: bytes, signer: str = "", at: int | None = None) -> dict[str, str]:
        moment, nonce = at or int(clock.now().timestamp()), secrets.token_hex(16)
        signed = f"{moment}\n{nonce}\n".encode() + body + b"\n"
        return {
            "Wechatpay-Timestamp": str(moment),
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": self.serials[-1],
            "Wechatpay-Signature": rsa.sign(
                rsa.private_key(private_pem(signer or self.signer)), signed
            ),
            "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
        }

    def _sealed(self, serial: str) -> dict[str, Any]:
        pem = self.platform[serial].encode()
        return {"serial_no": serial, "encrypt_certificate": _seal(pem, SECRET, "certificate")}


def _seal(content: bytes, secret: str, beside: str) -> dict[str, str]:
    nonce = secrets.token_hex(6)
    sealed = AESGCM(secret.encode()).encrypt(nonce.encode(), content, beside.encode())
    return {
        "algorithm": "AEAD_AES_256_GCM",
        "nonce": nonce,
        "associated_data": beside,
        "ciphertext": base64.b64encode(sealed).decode(),
    }


def _authorised(method: str, path: str, headers: Mapping[str, str], body: bytes) -> bool:
    given = {name.lower(): value for name, value in headers.items()}["authorization"]
    scheme, _, rest = given.partition(" ")
    parts = dict(part.split("=", 1) for part in rest.split(","))
    fields = {name: value.strip('"') for name, value in parts.items()}
    signed = f"{method}\n{path}\n{fields['timestamp']}\n{fields['nonce_str']}\n".encode()
    right = rsa.verifies(
        rsa.public_key(public_pem(OURS)), signed + body + b"\n", fields["signature"]
    )
    return right and scheme == "WECHATPAY2-SHA256-RSA2048" and fields["mchid"] == MERCHANT
