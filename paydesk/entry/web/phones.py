"""How a brand's customers write a phone number: what the forms that ask for one say."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from paydesk.brands.profile import Brand
from paydesk.money.payouts import texts
from paydesk.people import naming

ELSEWHERE = 65  # where a brand knows no other country


def phone_hint(brand: Brand) -> str:
    """Which numbers need no country code, with the code of another country as an example."""
    home = brand.exchange.home
    code = naming.calling_code(home)
    others = (naming.calling_code(country) for country in brand.exchange.countries)
    return _("%(country)s（+%(code)d）号码直接填写；其他地区请加国家代码，例如 +%(other)d。") % {
        "country": texts.country(home, get_language() or "zh-hans"),
        "code": code,
        "other": next((other for other in others if other not in {code, 0}), ELSEWHERE),
    }
