"""Names of saved methods in the reader's language. Chinese is the source."""

from django.utils import translation
from django.utils.translation import gettext as _

from paydesk.money.methods.models import SavedMethod
from paydesk.money.payments.texts import language

_SCHEMES = {"visa": "Visa", "mastercard": "Mastercard", "amex": "American Express"}


def label(method: SavedMethod, lang: str) -> str:
    """A saved method as its owner knows it: Visa 尾号 4242."""
    with translation.override(language(lang)):
        scheme = _SCHEMES.get(method.scheme, "")
        if method.scheme == "unionpay":
            scheme = _("银联")
        return _("%(scheme)s 尾号 %(last4)s") % {
            "scheme": scheme or _("银行卡"),
            "last4": method.last4,
        }
