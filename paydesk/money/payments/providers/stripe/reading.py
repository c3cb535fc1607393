"""Stripe's objects as our answers. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from paydesk.money.payments.providers.protocol import Answer, Dispute, DisputeState, Said

_CHECKS = {
    "cvc": "cvc_check",
    "postcode": "address_postal_code_check",
    "address": "address_line1_check",
}
_DISPUTES = {
    "needs_response": DisputeState.OPEN,
    "warning_needs_response": DisputeState.OPEN,
    "under_review": DisputeState.REVIEWED,
    "warning_under_review": DisputeState.REVIEWED,
    "won": DisputeState.WON,
    "warning_closed": DisputeState.WON,
    "lost": DisputeState.LOST,
}
_REFUNDS = {
    "succeeded": Said.PAID,
    "pending": Said.WAITING,
    "requires_action": Said.WAITING,
    "failed": Said.RETURNED,
    "canceled": Said.REFUSED,
}


def charge(intent: Mapping[str, Any], code: str = "") -> Answer:
    """What a payment intent says. `code`: of the error that it came with. Raises KeyError and
    ValueError for what is no intent."""
    status, error = str(intent["status"]), intent.get("last_payment_error") or {}
    said = _charge_said(status)
    paid = said is Said.PAID
    code = code or str(error.get("decline_code") or error.get("code") or "")
    if status == "canceled":
        code = code or "expired"
    return Answer(
        said=said,
        amount=_received(intent) if paid else int(intent["amount"]),
        currency=str(intent["currency"]).upper(),
        reference=str(intent["id"]),
        code="" if paid else code[:64],
        checks=_checks(intent, error),
        action=_action(intent) if said is Said.REQUIRES_ACTION else {},
    )


def _received(intent: Mapping[str, Any]) -> int:
    """Minor units that were really taken: as the intent says, else as its captured charge does."""
    if "amount_received" in intent:
        return int(intent["amount_received"])
    latest = intent["latest_charge"]
    if not isinstance(latest, Mapping) or not latest["captured"]:
        raise KeyError("amount_received")
    return int(latest["amount"])


def _charge_said(status: str) -> Said:
    match status:
        case "succeeded":
            return Said.PAID
        case "requires_action":
            return Said.REQUIRES_ACTION
        case "requires_payment_method" | "canceled":
            return Said.REFUSED
        case "processing" | "requires_confirmation" | "requires_capture":
            return Said.WAITING
    raise ValueError(status)


def _action(intent: Mapping[str, Any]) -> dict[str, str]:
    step = intent.get("next_action") or {}
    url = (step.get("redirect_to_url") or {}).get("url", "")
    return {"kind": "redirect", "url": str(url)} if url else {}


def _checks(intent: Mapping[str, Any], error: Mapping[str, Any]) -> dict[str, str]:
    """The results of the checks of security code and address, as far as they were told."""
    latest = intent.get("latest_charge")
    charged = latest if isinstance(latest, Mapping) else {}
    for source in (charged.get("payment_method_details"), error.get("payment_method")):
        told = ((source or {}).get("card") or {}).get("checks")
        if told:
            return {ours: str(told[name]) for ours, name in _CHECKS.items() if told.get(name)}
    return {}


def refund(given: Mapping[str, Any]) -> Answer:
    """What a refund says. One that failed had been on its way: it came back. Raises KeyError."""
    said = _REFUNDS[str(given["status"])]
    failed = said in (Said.RETURNED, Said.REFUSED)
    return Answer(
        said=said,
        amount=int(given["amount"]),
        currency=str(given["currency"]).upper(),
        reference=str(given["id"]),
        code=str(given.get("failure_reason") or "unknown")[:64] if failed else "",
    )


def dispute(told: Mapping[str, Any]) -> Dispute:
    """A charge disputed by its payer. Raises KeyError."""
    due = (told.get("evidence_details") or {}).get("due_by")
    return Dispute(
        id=str(told["id"]),
        state=_DISPUTES[str(told["status"])],
        reason=str(told["reason"]),
        amount=int(told["amount"]),
        currency=str(told["currency"]).upper(),
        due_at=datetime.fromtimestamp(int(due), UTC) if due else None,
    )
