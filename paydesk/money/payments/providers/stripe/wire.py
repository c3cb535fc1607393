"""Stripe's HTTP: form fields in, JSON out, an idempotency key with all that changes something.

An answer that leaves it open whether something was done is silence.
"""

import json
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from paydesk.money.payments.providers import credentials
from paydesk.money.payments.providers.calling import call
from paydesk.money.payments.providers.protocol import ProviderSilent

API = "https://api.stripe.com"
VERSION = "2024-06-20"
_UNDECIDED = frozenset({401, 403, 409, 429})

log = logging.getLogger(__name__)


class Declined(Exception):
    """Stripe said no: its most telling code, and the payment intent that it concerns, if any."""

    def __init__(self, code: str, intent: Mapping[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.intent = intent or {}


def post(brand: str, path: str, fields: Mapping[str, str], key: str = "") -> dict[str, Any]:
    """Change something, once per `key`. Raises Declined, ProviderSilent, NotConfigured."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if key:
        headers["Idempotency-Key"] = key
    return _ask(brand, "POST", path, headers, urlencode(fields).encode())


def get(brand: str, path: str, fields: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Read something. Raises Declined, ProviderSilent, NotConfigured."""
    query = f"?{urlencode(fields)}" if fields else ""
    return _ask(brand, "GET", path + query, {}, b"")


def _ask(
    brand: str, method: str, path: str, headers: Mapping[str, str], body: bytes
) -> dict[str, Any]:
    account = credentials.of("stripe", brand)
    full = {
        "Authorization": f"Bearer {account['secret_key']}",
        "Stripe-Version": VERSION,
        **headers,
    }
    base = str(account.get("api", API)).rstrip("/")
    reply = call(method, base + path, headers=full, body=body)
    if reply.status in _UNDECIDED or reply.status >= 500:
        log.warning("stripe answered %s to %s", reply.status, path.partition("?")[0])
        raise ProviderSilent(str(reply.status))
    try:
        said = json.loads(reply.body)
        error = said.get("error") if reply.status >= 400 else None
    except (ValueError, AttributeError) as problem:
        raise ProviderSilent("not JSON") from problem
    if reply.status >= 400:
        raise _declined(error or {})
    return dict(said)


def _declined(error: Mapping[str, Any]) -> Declined:
    code = error.get("decline_code") or error.get("code") or error.get("type") or "unknown"
    return Declined(str(code)[:64], error.get("payment_intent"))
