"""Which language a page speaks: the reader's choice, else the account's, else the browser's.

Falls back to the brand's first language. Choosing happens by ?lang= (kept in the session).
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.translation import get_language_from_request

SESSION_KEY = "lang"


class LanguageMiddleware:
    """Activates the language for the request and names it in Content-Language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        offered = [code for code, _ in settings.LANGUAGES]
        asked = request.GET.get("lang")
        if asked in offered:
            request.session[SESSION_KEY] = asked
        chosen = request.session.get(SESSION_KEY)
        if chosen not in offered:
            named = "Accept-Language" in request.headers
            chosen = get_language_from_request(request) if named else settings.LANGUAGE_CODE
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", chosen)
            return response
