"""The treasury: what conversions can be paid from, the rates, and asking to put more in."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from paydesk.brands import profiles
from paydesk.entry.web.accounts.guards import staff_required
from paydesk.entry.web.desk import frame
from paydesk.entry.web.exchange.offers import plain
from paydesk.entry.web.wallet.forms import AMOUNT_PROBLEMS
from paydesk.kit.money import AmountError, format_amount, parse_amount
from paydesk.money.exchange import actions, queries
from paydesk.money.exchange.actions.treasury import FundingAsked
from paydesk.people.models import StaffMember
from paydesk.people.permissions import Permission, may


class FundForm(forms.Form):
    """Which brand's currency, how much, why."""

    where = forms.ChoiceField(label=gettext_lazy("品牌与货币"))
    amount = forms.CharField(
        label=gettext_lazy("金额"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    note = forms.CharField(label=gettext_lazy("给审批人的说明"), max_length=140)

    def __init__(self, *args: Any, brands: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        where = self.fields["where"]
        assert isinstance(where, forms.ChoiceField)
        where.choices = [
            (f"{code}:{currency}", f"{frame.brand_name(code)} · {currency}")
            for code in brands
            for currency in profiles.get(code).currencies
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "where" in data and "amount" in data:
            data["brand"], data["currency"] = data["where"].split(":")
            try:
                data["minor"] = parse_amount(data["amount"], data["currency"])
            except AmountError as error:
                self.add_error("amount", str(AMOUNT_PROBLEMS[error.code]))
        return data


@staff_required
def treasury(request: HttpRequest) -> HttpResponse:
    """The page, and asking for a second person's yes."""
    staff = frame.staff_of(request)
    brands = [p.code for p in frame.posts(staff) if may(staff, p.code, Permission.LIQUIDITY_FUND)]
    if not brands:
        raise Http404
    form = FundForm(request.POST or None, brands=brands)
    if request.method == "POST" and form.is_valid() and _ask(staff, form):
        return redirect("desk_approvals")
    context = frame.context(staff, "refunds") | {
        "form": form,
        "stocks": [_stock(code) for code in brands],
    }
    return render(request, "refunds/desk_treasury.html", context)


def _ask(staff: StaffMember, form: FundForm) -> bool:
    data = form.cleaned_data
    try:
        actions.ask_funding(
            staff=staff,
            brand=data["brand"],
            currency=data["currency"],
            amount=data["minor"],
            note=data["note"],
        )
    except FundingAsked:
        form.add_error("where", _("这个货币已有待审批的申请。"))
        return False
    except PermissionDenied:
        raise Http404 from None
    return True


def _stock(code: str) -> dict[str, Any]:
    return {
        "brand": frame.brand_name(code),
        "held": [
            (currency, format_amount(minor, currency))
            for currency, minor in queries.liquidity(code).items()
        ],
        "rates": [
            (f"{one.base}/{one.counter}", plain(one.mid), one.at)
            for one in queries.latest_rates(code)
        ],
    }
