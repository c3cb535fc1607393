"""What a customer types to have money back, or to call a transfer back. Decides nothing."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from paydesk.entry.web.wallet.forms import AMOUNT_PROBLEMS
from paydesk.kit import ids
from paydesk.kit.money import AmountError, format_amount, parse_amount
from paydesk.money.refunds import texts
from paydesk.money.refunds.rules import Route


def _text(label: Any, *, required: bool, most: int, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=hint,
    )


class AskForm(forms.Form):
    """How much, why, which way; `cleaned_data["minor"]` is in minor units of the payment."""

    key = forms.CharField(widget=forms.HiddenInput, min_length=8, max_length=64)
    amount = forms.CharField(
        label=_("退款金额"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    why = forms.ChoiceField(
        label=_("退款原因"),
        choices=[("", _("请选择")), *((code.value, words) for code, words in texts.WHYS.items())],
        error_messages={"required": _("请选择退款原因。")},
    )
    text = _text(
        _("说明"),
        required=False,
        most=1000,
        hint=_("发生了什么、什么时候。不要写密码、验证码或完整卡号。"),
    )
    route = forms.ChoiceField(
        label=_("退到哪里"),
        choices=[(code.value, words) for code, words in texts.ROUTES.items()],
        widget=forms.RadioSelect,
        initial=Route.ORIGINAL.value,
    )

    def __init__(self, *args: Any, currency: str, rest: int, choice: bool, **kwargs: Any) -> None:
        """`rest`: the most that can be asked for; `choice`: there is a way to choose."""
        kwargs["initial"] = {"key": str(ids.uuid7()), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.fields["amount"].help_text = _("最多 %(most)s") % {
            "most": format_amount(rest, currency)
        }
        if not choice:
            del self.fields["route"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "amount" in data:
            try:
                data["minor"] = parse_amount(data["amount"], self.currency)
            except AmountError as error:
                self.add_error("amount", str(AMOUNT_PROBLEMS[error.code]))
        return data


class RecallForm(forms.Form):
    """What happened."""

    why = forms.ChoiceField(
        label=_("发生了什么"),
        choices=[(code.value, words) for code, words in texts.RECALLS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择发生了什么。")},
    )
    text = _text(
        _("经过"),
        required=True,
        most=1000,
        hint=_("对方是谁、怎么联系您的、说了什么。不要写密码、验证码或完整卡号。"),
    )
