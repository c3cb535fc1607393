"""The simulated provider's own pages: the bank's verification, another wallet's payment, and the
form that takes a card and gives a token.

They stand where a provider's would, at no brand's door, and exist only with that provider. The
card's number is looked at and let go: it is never stored, sent on or logged.
"""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from paydesk.brands import profiles
from paydesk.kit.money import format_amount
from paydesk.money.payments.providers import registry
from paydesk.money.payments.providers.simulated import book, page


class Forgetful(forms.TextInput):
    """A field whose page never repeats what was typed."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """The field's context without its value."""
        return super().get_context(name, None, attrs)


class CardForm(forms.Form):
    """What is on a card. Only this page of the provider ever has such fields."""

    number = forms.CharField(
        label=gettext_lazy("卡号"),
        max_length=30,
        widget=Forgetful(attrs={"inputmode": "numeric", "autocomplete": "cc-number"}),
        error_messages={"required": gettext_lazy("请输入卡号。")},
    )
    expires = forms.CharField(
        label=gettext_lazy("有效期（月/年）"),
        max_length=7,
        widget=Forgetful(attrs={"autocomplete": "cc-exp", "placeholder": "12/29"}),
        error_messages={"required": gettext_lazy("请输入有效期。")},
    )
    cvc = forms.CharField(
        label=gettext_lazy("安全码"),
        max_length=4,
        widget=Forgetful(attrs={"inputmode": "numeric", "autocomplete": "cc-csc"}),
        error_messages={"required": gettext_lazy("请输入安全码。")},
    )


def order(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Agree to an order, or not; then back to where the payer came from."""
    _require_simulated()
    waiting = book.waiting_order(reference)
    if waiting is None:
        raise Http404
    if request.method == "POST":
        book.customer_acts(reference, passed=request.POST.get("passed") == "yes")
        if waiting.return_url:
            return redirect(waiting.return_url)
        return render(request, "simulated/done.html", {})
    context = {
        "amount": format_amount(waiting.amount, waiting.currency),
        "shop": profiles.get(waiting.brand).name(request.LANGUAGE_CODE),
        "description": waiting.description,
        "bank": waiting.state == "requires_action",
        "open": book.waits_for_payer(waiting),
        "back": waiting.return_url,
    }
    return render(request, "simulated/order.html", context)


@sensitive_post_parameters("number", "cvc", "expires")
def card(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Take a card for a token; then back to where the customer came from."""
    _require_simulated()
    waiting = page.waiting_card(reference)
    if waiting is None:
        raise Http404
    form = CardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            taken = page.take_card(reference, **form.cleaned_data)
        except page.CardRefused as refused:
            form.add_error(refused.field, _MISTAKES[refused.field])
        else:
            return redirect(taken.return_url)
    context = {
        "form": form,
        "shop": profiles.get(waiting.brand).name(request.LANGUAGE_CODE),
        "back": waiting.return_url,
    }
    return render(request, "simulated/card.html", context, status=422 if form.is_bound else 200)


_MISTAKES = {
    "number": gettext_lazy("卡号不对，请核对后重新输入。"),
    "expires": gettext_lazy("有效期写成 月/年，例如 12/29。"),
    "cvc": gettext_lazy("安全码是卡背面的 3 位（运通 4 位）数字。"),
}


def _require_simulated() -> None:
    if not registry.offers(registry.SIMULATED):
        raise Http404
