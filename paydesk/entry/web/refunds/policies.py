"""What each merchant promises about refunds, and the staff's form that sets it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from paydesk.brands import profiles
from paydesk.entry.web.accounts.guards import staff_required
from paydesk.entry.web.desk import frame
from paydesk.entry.web.posting import posted_from
from paydesk.entry.web.wallet.forms import AMOUNT_PROBLEMS
from paydesk.kit.actors import Actor, ActorKind
from paydesk.kit.money import AmountError, format_plain, parse_amount
from paydesk.money.merchants import access, queries
from paydesk.money.merchants.models import Merchant
from paydesk.money.refunds import actions, promises
from paydesk.money.refunds.models import MerchantPolicy
from paydesk.people import permissions
from paydesk.people.models import StaffMember
from paydesk.people.permissions import Permission


class PolicyForm(forms.Form):
    """How long and up to what amount a rule grants what is asked back."""

    days = forms.IntegerField(
        label=gettext_lazy("付款后多少天内"),
        min_value=1,
        max_value=366,
        help_text=gettext_lazy("1 到 366 天。"),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    most = forms.CharField(
        label=gettext_lazy("每笔最多"),
        max_length=24,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def __init__(self, *given: Any, currency: str, **more: Any) -> None:
        super().__init__(*given, **more)
        self._currency = currency
        said = _("单位 %(currency)s。不填就是不限金额。") % {"currency": currency}
        self.fields["most"].help_text = said

    def clean_most(self) -> int | None:
        typed = self.cleaned_data["most"].strip()
        try:
            return parse_amount(typed, self._currency) if typed else None
        except AmountError as error:
            raise forms.ValidationError(str(AMOUNT_PROBLEMS[error.code])) from None


@require_safe
@staff_required
def policies(request: HttpRequest) -> HttpResponse:
    """Every merchant of the brands in which one manages merchants, with its promise."""
    return _page(request, frame.staff_of(request), None, 200)


@posted_from("desk_policies")
@staff_required
def set_policy(request: HttpRequest, number: str) -> HttpResponse:
    """Set a merchant's promise."""
    staff = frame.staff_of(request)
    try:
        merchant = access.merchant_for_staff(staff, number)
    except access.NotFound:
        raise Http404 from None
    permissions.require(staff, merchant.brand, Permission.MERCHANT_MANAGE)
    form = _form(merchant, None, request.POST)
    if not form.is_valid():
        return _page(request, staff, (merchant, form), 422)
    actions.set_policy(
        merchant,
        days=form.cleaned_data["days"],
        most=form.cleaned_data["most"],
        actor=Actor(ActorKind.STAFF, staff.id, merchant.brand),
    )
    messages.success(request, _("已保存 %(name)s 的退款承诺。") % {"name": merchant.name})
    return redirect("desk_policies")


def _page(
    request: HttpRequest,
    staff: StaffMember,
    failed: tuple[Merchant, PolicyForm] | None,
    status: int,
) -> HttpResponse:
    may = permissions.may
    posts = frame.posts(staff)
    brands = [one.code for one in posts if may(staff, one.code, Permission.MERCHANT_MANAGE)]
    if not brands:
        raise Http404
    merchants = queries.merchants_in(brands)
    known = promises.of([one.id for one in merchants])
    rows = []
    for one in merchants:
        wrong = failed[1] if failed and failed[0].pk == one.pk else None
        policy = known.get(one.pk)
        currency = profiles.get(one.brand).default_currency
        rows.append(
            {
                "merchant": one,
                "brand": frame.brand_name(one.brand),
                "policy": policy,
                "currency": currency,
                "form": wrong or _form(one, policy),
                "open": wrong is not None,
            }
        )
    context = frame.context(staff, "refunds") | {"rows": rows}
    return render(request, "refunds/desk_policies.html", context, status=status)


def _form(merchant: Merchant, policy: MerchantPolicy | None, typed: Any = None) -> PolicyForm:
    currency = profiles.get(merchant.brand).default_currency
    initial: dict[str, Any] = {}
    if policy:
        most = format_plain(policy.most, currency) if policy.most else ""
        initial = {"days": policy.days, "most": most}
    return PolicyForm(typed, currency=currency, initial=initial, auto_id=f"id_%s_{merchant.number}")
