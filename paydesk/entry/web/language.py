"""How a page speaks to its reader: language, time zone, light or dark.

Language: the reader's choice, else the browser's, else the brand's first one. Choosing happens by
?lang= and ?scheme= (kept in the session). The zone is the browser's own, which a page tells in a
cookie; until then the brand's. Changes nothing of an account.
"""

from collections.abc import Callable
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation
from django.utils.translation import get_language_from_request

from paydesk.brands.profile import Brand

SESSION_KEY = "lang"
SCHEME_KEY = "scheme"
ZONE_COOKIE = "tz"
SCHEMES = ("light", "dark", "auto")
_TAGS = {"zh": "zh-hans", "en": "en"}
_ZONES = available_timezones()


class LanguageMiddleware:
    """Activates language and zone for the request and names the language in Content-Language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        _keep_choices(request)
        chosen = language_of(request)
        with translation.override(chosen), timezone.override(zone_of(request)):
            request.LANGUAGE_CODE = chosen
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", chosen)
            return response


def language_of(request: HttpRequest) -> str:
    """The language tag (of settings.LANGUAGES) in which to answer."""
    offered = [code for code, _ in settings.LANGUAGES]
    chosen = request.session.get(SESSION_KEY)
    if chosen in offered:
        return str(chosen)
    if "Accept-Language" in request.headers:
        return get_language_from_request(request)
    brand = _brand(request)
    return _TAGS[brand.languages[0]] if brand else settings.LANGUAGE_CODE


def zone_of(request: HttpRequest) -> ZoneInfo:
    """The reader's zone as the browser told it, else the brand's, else the installation's."""
    told = request.COOKIES.get(ZONE_COOKIE, "")
    if told in _ZONES:
        return ZoneInfo(told)
    brand = _brand(request)
    return brand.zone if brand else ZoneInfo(settings.TIME_ZONE)


def _brand(request: HttpRequest) -> Brand | None:
    """The brand at whose door the request came in; staff and the front page have none."""
    found: Brand | None = getattr(request, "brand", None)
    return found


def _keep_choices(request: HttpRequest) -> None:
    asked, scheme = request.GET.get("lang"), request.GET.get("scheme")
    if asked in [code for code, _ in settings.LANGUAGES]:
        request.session[SESSION_KEY] = asked
    if scheme in SCHEMES:
        request.session[SCHEME_KEY] = "" if scheme == "auto" else scheme
