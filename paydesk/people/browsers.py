"""What a request says of the browser that it came from: its name, and its device cookie."""

from django.http import HttpRequest

from paydesk.people import naming
from paydesk.people.actions import devices


def device_of(request: HttpRequest) -> str:
    """What the reader's device is called."""
    return naming.device_line(request.headers.get("User-Agent", ""))


def device_token(request: HttpRequest | None) -> str:
    """The secret of the device's cookie; the middleware sees to it that there is one."""
    return str(getattr(request, "device_token", ""))


def token_digest(request: HttpRequest | None) -> str:
    """What is stored of it."""
    return devices.digest_of(device_token(request))
