"""SMS by an HTTP gateway that speaks Twilio's Messages resource: form fields in, JSON out.

The account's secret travels in the Authorization header only and is never logged.
"""

import httpx
from django.conf import settings

from paydesk.notifications.delivery import DeliveryProblem, Outgoing

TIMEOUT = 15.0
_NEVER = frozenset({21211, 21214, 21408, 21610, 21612, 21614, 30003, 30005, 30006})
"""The gateway's codes for numbers that no second try will reach."""


class HttpSmsTransport:
    """Posts one message to PAYDESK_SMS_URL (…/Accounts/<sid>/Messages.json)."""

    def send(self, message: Outgoing) -> None:
        fields = {"To": message.to_address, "From": settings.SMS_FROM, "Body": message.text}
        try:
            answer = httpx.post(
                settings.SMS_URL,
                data=fields,
                auth=(settings.SMS_USER, settings.SMS_PASSWORD),
                timeout=TIMEOUT,
                follow_redirects=False,
            )
        except httpx.HTTPError as error:
            raise DeliveryProblem("unreachable") from error
        if answer.is_success:
            return
        code = _code(answer)
        final = code in _NEVER or answer.status_code in {401, 403}
        raise DeliveryProblem(f"sms_{code or answer.status_code}", permanent=final)


def _code(answer: httpx.Response) -> int:
    try:
        found = answer.json()
    except ValueError:
        return 0
    code = found.get("code") if isinstance(found, dict) else None
    return code if isinstance(code, int) else 0
