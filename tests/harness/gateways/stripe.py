"""Stripe's API and webhooks, as its reference documents them."""

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from paydesk.kit import clock
from paydesk.money.payments.providers.stripe import notification
from tests.harness.gateways.base import Gateway, Reply

KEY, SECRET, ACCOUNT = "sk_test_gateway", "whsec_gateway", "acct_gateway"
DECLINES = "pm_decline_"  # a payment method that is declined with the code that follows
VERIFIED = "pm_needs_3ds"


class StripeGateway(Gateway):
    """Declines by payment method; `verify`, `fail_refund` are what happens elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.things: dict[str, dict[str, Any]] = {}
        self.answers: dict[str, Reply] = {}  # by idempotency key

    def settings(self) -> dict[str, str]:
        return {"secret_key": KEY, "webhook_secret": SECRET, "account": ACCOUNT, "api": self.url}

    def handle(self, method: str, path: str, headers: Any, body: bytes) -> Reply:
        if headers.get("Authorization") != f"Bearer {KEY}":
            return _error(401, type="invalid_request_error", message="Invalid API Key")
        key = headers.get("Idempotency-Key", "")
        if key and key in self.answers:
            return self.answers[key]
        parts = urlsplit(path)
        fields = dict(parse_qsl(parts.query if method == "GET" else body.decode()))
        reply = self._decide(method, parts.path.strip("/").split("/")[1:], fields)
        if key:
            self.answers[key] = reply
        return reply

    def _decide(self, method: str, path: list[str], fields: dict[str, str]) -> Reply:
        match (method, *path):
            case ("POST", "payment_intents"):
                return self._charge(fields)
            case ("POST", "payment_intents", name, "cancel"):
                self.things[name]["status"] = "canceled"
                return _ok(self.things[name])
            case ("GET", ("payment_intents" | "refunds") as kind):
                start = "pi_" if kind == "payment_intents" else "re_"
                found = [one for one in self.things.values() if one["id"].startswith(start)]
                return _ok({"object": "list", "data": found, "has_more": False})
            case ("POST", "refunds"):
                return self._refund(fields)
            case ("POST", "customers"):
                return _ok({"id": f"cus_{len(self.answers)}", "object": "customer"})
            case ("POST", "checkout", "sessions"):
                session = {
                    "id": f"cs_{len(self.things)}",
                    "customer": fields["customer"],
                    "status": "open",
                    "url": f"https://checkout.stripe.com/c/pay/{len(self.things)}",
                    "setup_intent": None,
                }
                self.things[session["id"]] = session  # type: ignore[index]
                return _ok(session)
            case ("GET", *_, name) if name in self.things:
                return _ok(self.things[name])
            case ("POST", "payment_methods", name, "detach"):
                return _ok({"id": name, "customer": None})
        return _error(404, code="resource_missing", type="invalid_request_error")

    def _charge(self, fields: dict[str, str]) -> Reply:
        method = fields["payment_method"]
        intent: dict[str, Any] = {
            "id": f"pi_{len(self.things)}",
            "object": "payment_intent",
            "amount": int(fields["amount"]),
            "amount_received": 0,
            "currency": fields["currency"],
            "metadata": _metadata(fields),
            "last_payment_error": None,
            "next_action": None,
        }
        self.things[intent["id"]] = intent
        if method.startswith(DECLINES):
            return self._decline(intent, method.removeprefix(DECLINES))
        if method == VERIFIED:
            url = f"https://hooks.stripe.com/3d_secure/{intent['id']}"
            intent |= {
                "status": "requires_action",
                "next_action": {"type": "redirect_to_url", "redirect_to_url": {"url": url}},
            }
            return _ok(intent)
        intent |= {"status": "succeeded", "amount_received": intent["amount"]}
        return _ok(intent)

    def _decline(self, intent: dict[str, Any], code: str) -> Reply:
        error = {
            "type": "card_error",
            "code": "card_declined",
            "decline_code": code,
            "payment_method": {"card": {"checks": {"cvc_check": "fail"}}},
        }
        intent |= {"status": "requires_payment_method", "last_payment_error": error}
        return _error(402, **error, payment_intent=intent)

    def _refund(self, fields: dict[str, str]) -> Reply:
        intent, amount = self.things[fields["payment_intent"]], int(fields["amount"])
        if code := self.refusals.get("refund"):
            return _error(400, type="invalid_request_error", code=code)
        back = intent.get("back", 0) + amount
        if back > intent["amount_received"]:
            return _error(400, type="invalid_request_error", code="charge_already_refunded")
        intent["back"] = back
        refund = {
            "id": f"re_{len(self.things)}",
            "object": "refund",
            "amount": amount,
            "currency": intent["currency"],
            "payment_intent": intent["id"],
            "status": "succeeded",
            "metadata": _metadata(fields),
        }
        self.things[refund["id"]] = refund
        return _ok(refund)

    def only(self, start: str) -> dict[str, Any]:
        """The one thing whose name starts like this."""
        [one] = [thing for name, thing in self.things.items() if name.startswith(start)]
        return one

    def verify(self, passed: bool) -> None:
        """The payer finishes 3-D Secure."""
        intent = self.only("pi_")
        intent["next_action"] = None
        if passed:
            intent |= {"status": "succeeded", "amount_received": intent["amount"]}
        else:
            error = {"code": "payment_intent_authentication_failure"}
            intent |= {"status": "requires_payment_method", "last_payment_error": error}

    def event(self, kind: str, thing: dict[str, Any], name: str = "evt_1") -> bytes:
        """A webhook's body about a thing."""
        event = {
            "id": name,
            "object": "event",
            "type": kind,
            "account": ACCOUNT,
            "livemode": False,
            "data": {"object": thing},
        }
        return json.dumps(event).encode()

    def signed(self, raw: bytes, secret: str = SECRET) -> dict[str, str]:
        """The headers of a webhook sent now."""
        return {notification.HEADER: notification.sign(secret, raw, clock.now())}


def _metadata(fields: dict[str, str]) -> dict[str, str]:
    return {
        name[len("metadata[") : -1]: value
        for name, value in fields.items()
        if name.startswith("metadata[")
    }


def _ok(said: dict[str, Any]) -> Reply:
    return Reply(200, json.dumps(said).encode(), {"Content-Type": "application/json"})


def _error(status: int, **error: Any) -> Reply:
    return Reply(status, json.dumps({"error": error}).encode())
