"""What every answer tells the browser: run nothing inline or from elsewhere, keep no page.

Pages are of one person and one moment, so none is stored unless its view says so. What a form
answered may be gone back to, but only by whoever is still there.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponseBase

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def posting_to(address: str) -> str:
    """The policy of a page whose one form goes to a provider's address and nowhere else."""
    parts = urlsplit(address)
    allowed = f"form-action 'self' {parts.scheme}://{parts.netloc}"
    return POLICY.replace("form-action 'self'", allowed)


class ContentSecurityMiddleware:
    """Adds the policy and its companions to every answer that has none of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=()"
        )
        keep = "no-store, private" if request.method in ("GET", "HEAD") else "no-cache, private"
        response.headers.setdefault("Cache-Control", keep)
        return response
