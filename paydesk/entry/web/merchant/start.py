"""The way in: apply, choose among one's own merchants, see how one stands, describe oneself."""

from urllib.parse import urlsplit

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from paydesk.entry.web.merchant import frame as portal
from paydesk.entry.web.merchant.chart import plot
from paydesk.entry.web.merchant.lines import lines_of
from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.support.correspondent import as_customer
from paydesk.entry.web.wallet.frame import frame, signed_in
from paydesk.kit.money import format_amount
from paydesk.money.merchants import access, texts
from paydesk.money.merchants import queries as merchants
from paydesk.money.merchants.actions import onboarding
from paydesk.money.merchants.models import Merchant
from paydesk.money.merchants.rules import Standing
from paydesk.money.orders import queries
from paydesk.people.models import Customer


class AboutForm(forms.Form):
    """What payers read about a merchant."""

    website = forms.CharField(
        label=gettext_lazy("网站"),
        max_length=200,
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://"}),
    )
    about = forms.CharField(
        label=gettext_lazy("经营内容"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("付款人在付款前会看到"),
    )

    def clean_website(self) -> str:
        """A web address, https:// put before a bare name."""
        typed: str = self.cleaned_data["website"].strip()
        full = typed if "://" in typed else f"https://{typed}"
        try:
            parts = urlsplit(full)
        except ValueError:
            parts = None
        if parts is None or parts.scheme not in {"http", "https"} or "." not in parts.netloc:
            raise forms.ValidationError(_("请输入网站地址，例如 https://shop.example。"))
        return full


class ApplyForm(AboutForm):
    """An application."""

    name = forms.CharField(
        label=gettext_lazy("商户名称"),
        max_length=80,
        help_text=gettext_lazy("付款人认得的名字，审核后不能自己修改"),
    )
    field_order = ("name", "website", "about")


@require_safe
@signed_in
def home(request: BrandRequest, customer: Customer) -> HttpResponse:
    """One's merchants; with only one, its overview at once; with none, how to become one."""
    own = access.merchants_of(customer)
    if len(own) == 1:
        return redirect("merchant_overview", own[0].number)
    rows = [
        {
            "merchant": one,
            "standing": texts.STANDINGS[one.standing],
            "tone": portal.TONES[Standing(one.standing)],
        }
        for one in own
    ]
    return render(request, "merchant/home.html", frame(customer, "", rows=rows))


@signed_in
def apply(request: BrandRequest, customer: Customer) -> HttpResponse:
    """The application form."""
    form = ApplyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = onboarding.apply(
                owner=customer,
                name=form.cleaned_data["name"],
                website=form.cleaned_data["website"],
                about=form.cleaned_data["about"],
                actor=as_customer(customer).actor,
            )
        except onboarding.NotPossible:
            form.add_error(None, _("您已有一份申请在等待审核。"))
        else:
            messages.success(request, _("申请已提交，审核结果会发邮件给您。"))
            return redirect("merchant_overview", made.number)
    status = 422 if form.errors else 200
    return render(request, "merchant/apply.html", frame(customer, "", form=form), status=status)


@require_safe
@portal.own_merchant
def overview(request: BrandRequest, merchant: Merchant) -> HttpResponse:
    """Balance, the last 30 days, the latest payments."""
    currency = request.brand.default_currency
    balances = [
        {
            "available": format_amount(one.available, one.currency),
            "held": format_amount(one.held, one.currency) if one.held else "",
        }
        for one in merchants.balances(merchant)
        if one.posted or one.held or one.currency == currency
    ]
    latest = queries.payments(merchant.id, limit=8)
    context = portal.context(
        merchant,
        "overview",
        balances=balances,
        plot=plot(queries.days(merchant, currency), currency),
        lines=lines_of(merchant, latest),
    )
    return render(request, "merchant/overview.html", context)


@portal.own_merchant
def settings(request: BrandRequest, merchant: Merchant) -> HttpResponse:
    """What payers read, and what is the staff's to change."""
    given = {"website": merchant.website, "about": merchant.about}
    form = AboutForm(request.POST or None, initial=given)
    if request.method == "POST" and form.is_valid():
        onboarding.describe(
            merchant,
            website=form.cleaned_data["website"],
            about=form.cleaned_data["about"],
            actor=portal.owner_of(merchant),
        )
        messages.success(request, _("已保存。"))
        return redirect("merchant_settings", merchant.number)
    context = portal.context(merchant, "settings", form=form)
    return render(request, "merchant/settings.html", context, status=422 if form.errors else 200)
