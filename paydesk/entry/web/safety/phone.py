"""The customer's phone number: proved by a code sent to it, changed the same way."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from paydesk.brands.profile import Brand
from paydesk.entry.web.phones import phone_hint
from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.safety import proofs
from paydesk.entry.web.wallet.frame import frame, signed_in
from paydesk.people import access, queries
from paydesk.people.actions import AlreadyRegistered, NotUsable, phones
from paydesk.people.actions.codes import CodeRefused
from paydesk.people.assurance import Level, suffices
from paydesk.people.models import Customer

ASKED_KEY = "phone_asked"


class PhoneForm(forms.Form):
    """The number that a code goes to."""

    phone = forms.CharField(
        label=gettext_lazy("手机号"),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )

    def __init__(self, data: QueryDict | None = None, *, brand: Brand, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.brand = brand
        self.fields["phone"].help_text = phone_hint(brand)

    def clean_phone(self) -> str:
        number = queries.normal_phone(self.brand.code, self.cleaned_data["phone"])
        if number is None:
            raise forms.ValidationError(_("请填写有效的手机号，其他地区请加国家代码。"))
        return number


class CodeForm(forms.Form):
    """The code that came by SMS."""

    code = forms.CharField(
        label=gettext_lazy("短信验证码"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


@signed_in
def phone(request: BrandRequest, customer: Customer) -> HttpResponse:
    """Type the number, then the code. Replacing a proved number needs a fresh proof first."""
    user = customer.user
    if user.phone_proved_at and not suffices(access.assurance_of(request), Level.STEPPED_UP):
        return redirect(f"{_step_up()}?next={request.get_full_path()}")
    step = request.POST.get("step", "")
    if step == "code":
        return _take(request, customer)
    data = request.POST if step == "send" else None
    initial = {"phone": "" if user.phone_proved_at else user.phone or ""}
    form = PhoneForm(data, brand=request.brand, initial=initial)
    if data is not None and form.is_valid():
        number = form.cleaned_data["phone"]
        try:
            phones.ask_phone_code(customer, number)
        except NotUsable:
            form.add_error("phone", _("请填写有效的手机号，其他地区请加国家代码。"))
        except CodeRefused as refused:
            form.add_error(None, proofs.fault(refused))
        else:
            request.session[ASKED_KEY] = number
            return _page(request, customer, CodeForm(), number)
    return _page(request, customer, form, "")


def _take(request: BrandRequest, customer: Customer) -> HttpResponse:
    number, form = request.session.get(ASKED_KEY, ""), CodeForm(request.POST)
    if form.is_valid():
        try:
            phones.prove_phone(customer, form.cleaned_data["code"])
        except CodeRefused as refused:
            form.add_error("code", proofs.fault(refused))
        except AlreadyRegistered:
            form.add_error(None, _("这个手机号已属于另一个账户。如果是您的号码，请联系客服。"))
        else:
            request.session.pop(ASKED_KEY, None)
            messages.success(request, _("手机号已验证。"))
            return redirect("wallet_security")
    return _page(request, customer, form, number)


def _step_up() -> str:
    return reverse("safety_step_up")


def _page(request: BrandRequest, customer: Customer, form: forms.Form, number: str) -> HttpResponse:
    context = frame(
        customer,
        "security",
        form=form,
        number=number,
        proved=customer.user.phone if customer.user.phone_proved_at else "",
    )
    return render(request, "safety/phone.html", context, status=422 if form.errors else 200)
