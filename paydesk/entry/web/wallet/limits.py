"""What may still be sent and what it costs: a page of its own, and a line on the transfer form."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from paydesk.brands.profile import Brand, in_language
from paydesk.brands.spending import MOST_MINOR, Fee
from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.templatetags.page import moment
from paydesk.entry.web.wallet.frame import frame, signed_in
from paydesk.kit.money import format_amount
from paydesk.money.payments import limits, texts
from paydesk.people.models import Customer


@dataclass(frozen=True, slots=True)
class Line:
    """One limit in words. `percent`: how much of it is used, None where nothing is counted."""

    label: str
    limit: str
    left: str = ""
    free_at: str = ""
    percent: int | None = None


@dataclass(frozen=True, slots=True)
class Currency:
    """One currency's limits; `needed`: the identity level from which anything may be sent."""

    code: str
    lines: list[Line]
    needed: str = ""


@signed_in
def limits_page(request: BrandRequest, customer: Customer) -> HttpResponse:
    """Limits of the reader's identity level with what is left, and the price list."""
    brand = request.brand
    context = frame(
        customer,
        "home",
        level=_level(brand, customer.identity_level),
        highest=customer.identity_level >= len(brand.identity_levels) - 1,
        currencies=[currency_of(customer, brand, code) for code in brand.currencies],
        fees=list(prices(brand)),
    )
    return render(request, "wallet/limits.html", context)


def currency_of(customer: Customer, brand: Brand, currency: str) -> Currency:
    """The customer's limits in one currency, in words."""
    found = limits.left(customer, currency)
    if found[0].needed is not None:
        return Currency(currency, [], _level(brand, found[0].needed))
    return Currency(currency, [_line(one, currency) for one in found])


def left_in_words(customer: Customer, currency: str) -> str:
    """One line for a form: what one payment and what today still allow. Empty where the identity
    level may send nothing: that is told when it is tried."""
    found = {one.period: one for one in limits.left(customer, currency)}
    if found["single"].needed is not None:
        return ""
    today = min(found["day"].left, found["month"].left)
    return _("单笔最多 %(single)s，今天还可转 %(today)s") % {
        "single": format_amount(found["single"].limit, currency),
        "today": format_amount(today, currency),
    }


def _line(one: limits.Left, currency: str) -> Line:
    labels = {"single": _("单笔"), "day": _("每日"), "month": _("每月")}
    limit = format_amount(one.limit, currency)
    if one.free_at is None:
        return Line(labels[one.period], limit)
    return Line(
        labels[one.period],
        limit,
        format_amount(one.left, currency),
        moment(one.free_at),
        min(100, one.used * 100 // one.limit) if one.limit else 100,
    )


def _level(brand: Brand, level: int) -> str:
    names = brand.identity_levels[min(level, len(brand.identity_levels) - 1)].names
    return in_language(names, get_language() or "zh-hans")


def prices(brand: Brand) -> "list[tuple[str, str]]":
    """Kind with currency, and its price in words."""
    lang = get_language() or "zh-hans"
    return [
        (f"{texts.kind(kind, lang)} · {currency}", price_of(price, currency))
        for kind, by_currency in brand.fees.items()
        for currency, price in by_currency.items()
    ]


def price_of(price: Fee, currency: str) -> str:
    """A price in words: 0.1%, at least ¥1.00, at most ¥25.00."""
    percent = f"{price.basis_points / 100:g}%"
    fixed = format_amount(price.fixed, currency)
    if not price.basis_points:
        return _("每笔 %(fixed)s") % {"fixed": fixed}
    parts = [f"{percent} + {fixed}" if price.fixed else percent]
    if price.least:
        parts.append(_("最低 %(least)s") % {"least": format_amount(price.least, currency)})
    if price.most < MOST_MINOR:
        parts.append(_("最高 %(most)s") % {"most": format_amount(price.most, currency)})
    return " · ".join(parts)
