"""UnionPay's gateway and its back notifications, as interface 5.1.0 documents them."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from paydesk.money.payments.providers import rsa
from paydesk.money.payments.providers.unionpay import signing
from tests.harness.gateways import certificates
from tests.harness.gateways.base import Gateway, Reply, Trade, private_pem

MERCHANT = "777290058110048"
OURS, THEIRS, AUTHORITY, STRANGER = "up-merchant", "up-gateway", "up-authority", "up-stranger"
SUBJECT = f"041@Z12@{signing.SIGNER}@00040000:SIGN@00000001"


class UnionPayGateway(Gateway):
    """`pay` is what the cardholder does on UnionPay's page."""

    def __init__(self) -> None:
        super().__init__()
        self.authority = certificates.authority(AUTHORITY)
        self.certificate = certificates.make(THEIRS, SUBJECT, issuer=AUTHORITY)

    def settings(self) -> dict[str, str]:
        return {
            "merchant": MERCHANT,
            "certificate": certificates.make(OURS, "merchant", serial=69026276696),
            "private_key": private_pem(OURS),
            "authorities": self.authority,
            "gateway": self.url,
        }

    def visit(self, fields: Mapping[str, str]) -> Trade:
        """The payer's browser posts the form: only now the order exists."""
        assert self._signed_by_us(fields)
        own = f"{fields['txnTime']}{len(self.book):07d}"
        trade = Trade(fields["orderId"], int(fields["txnAmt"]), own, asked=dict(fields))
        trade.state = "opened"
        return self.book.setdefault(trade.number, trade)

    def pay(self, number: str, amount: int | None = None) -> Trade:
        """The cardholder pays, `amount` fen if not what was ordered."""
        trade = self.book[number]
        trade.state, trade.paid = "paid", trade.amount if amount is None else amount
        return trade

    def refuse(self, number: str, code: str) -> None:
        """The card's bank refuses."""
        self.book[number].state = code

    def handle(self, method: str, path: str, headers: Any, body: bytes) -> Reply:
        fields = dict(parse_qsl(body.decode()))
        base = {name: fields[name] for name in ("merId", "orderId", "txnTime", "txnType")}
        if not self._signed_by_us(fields):
            return self._say(base | {"respCode": "11", "respMsg": "验证签名失败[9100004]"})
        if code := self.refusals.get(path):
            return self._say(base | {"respCode": code, "respMsg": "失败"})
        if path.endswith("queryTrans.do"):
            return self._state(base)
        return self._refund(fields, base)

    def _state(self, base: dict[str, str]) -> Reply:
        trade = self.book.get(base["orderId"])
        refund = next((t for t in self.book.values() if base["orderId"] in t.refunds), None)
        if refund:
            amount, own = refund.refunds[base["orderId"]], f"{refund.own[:-1]}9"
            code = refund.refund_states[base["orderId"]]
        elif trade is None or trade.asked["txnTime"] != base["txnTime"]:
            return self._say(base | {"respCode": "34", "respMsg": "查无此交易[2600000]"})
        else:
            amount, own = trade.paid or trade.amount, trade.own
            code = {"opened": "05", "paid": "00"}.get(trade.state, trade.state)
        said = {"queryId": own, "txnAmt": str(amount), "currencyCode": "156"}
        return self._say(base | said | {"respCode": "00", "respMsg": "成功", "origRespCode": code})

    def _refund(self, fields: dict[str, str], base: dict[str, str]) -> Reply:
        trade = next((t for t in self.book.values() if t.own == fields["origQryId"]), None)
        if trade is None or trade.state != "paid":
            return self._say(base | {"respCode": "35", "respMsg": "原交易状态不正确"})
        if fields["orderId"] in trade.refunds:
            return self._say(base | {"respCode": "12", "respMsg": "重复交易"})
        trade.refunds[fields["orderId"]] = int(fields["txnAmt"])
        trade.refund_states[fields["orderId"]] = "00"
        return self._say(base | {"respCode": "00", "queryId": f"{trade.own[:-1]}9"})

    def notification(
        self, number: str, *, signer: str = THEIRS, certificate: str = "", **changes: str
    ) -> bytes:
        """What the gateway posts about a trade; `changes` are made before it signs."""
        trade = self.book[number]
        fields = {
            "version": "5.1.0",
            "encoding": "UTF-8",
            "signMethod": "01",
            "txnType": "01",
            "txnSubType": "01",
            "bizType": "000201",
            "accessType": "0",
            "merId": MERCHANT,
            "orderId": trade.number,
            "txnTime": trade.asked["txnTime"],
            "txnAmt": str(trade.paid),
            "currencyCode": "156",
            "queryId": trade.own,
            "respCode": "00",
            "respMsg": "成功[0000000]",
            "accNo": "6216***********0018",
            "settleAmt": str(trade.paid),
            "settleDate": "1123",
        } | changes
        return urlencode(self._signed(fields, signer, certificate)).encode()

    def _signed(
        self, fields: dict[str, str], signer: str = THEIRS, certificate: str = ""
    ) -> dict[str, str]:
        whole = fields | {"signPubKeyCert": certificate or self.certificate}
        key = rsa.private_key(private_pem(signer))
        return whole | {"signature": rsa.sign(key, signing.digest(whole))}

    def _say(self, fields: dict[str, str], signer: str = THEIRS) -> Reply:
        said = self._signed({"version": "5.1.0", "encoding": "UTF-8", **fields}, signer)
        return Reply(200, "&".join(f"{name}={value}" for name, value in said.items()).encode())

    def unsigned(self, reply: Reply) -> Reply:
        fields = dict(part.split("=", 1) for part in reply.body.decode().split("&"))
        del fields["signature"], fields["signPubKeyCert"]
        return self._say(fields, STRANGER)

    def _signed_by_us(self, fields: Mapping[str, str]) -> bool:
        key = rsa.private_key(private_pem(OURS)).public_key()
        return rsa.verifies(key, signing.digest(fields), fields.get("signature", ""))
