"""What a customer types: amounts, recipients, filters. Keeps what was typed; decides nothing.

Each money form carries a key made with the page: sent twice it is one request.
"""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from paydesk.brands.profile import Brand
from paydesk.entry.web.records.forms import FiltersForm
from paydesk.kit import ids
from paydesk.kit.money import AmountError, AmountProblem, format_amount, parse_amount

AMOUNT_PROBLEMS = {
    AmountProblem.EMPTY: _("请输入金额。"),
    AmountProblem.NOT_A_NUMBER: _("请用数字输入金额，例如 80 或 80.50。"),
    AmountProblem.NOT_POSITIVE: _("金额要大于零。"),
    AmountProblem.TOO_PRECISE: _("小数位太多，这种货币没有这么小的单位。"),
    AmountProblem.TOO_LARGE: _("金额太大。"),
    AmountProblem.UNKNOWN_CURRENCY: _("不支持这种货币。"),
}


class MoneyForm(forms.Form):
    """An amount in one of the brand's currencies; `cleaned_data["minor"]` is in minor units."""

    key = forms.CharField(widget=forms.HiddenInput, min_length=8, max_length=64)
    retry_of = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)
    currency = forms.ChoiceField(label=_("货币"))
    amount = forms.CharField(
        label=_("金额"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"inputmode": "decimal", "autocomplete": "off", "placeholder": "0.00"}
        ),
        error_messages={"required": AMOUNT_PROBLEMS[AmountProblem.EMPTY]},
    )

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "key": str(ids.uuid7()),
            "currency": brand.default_currency,
            **kwargs.get("initial", {}),
        }
        super().__init__(*args, **kwargs)
        self.brand = brand
        currency = self.fields["currency"]
        assert isinstance(currency, forms.ChoiceField)
        currency.choices = [(code, code) for code in brand.currencies]

    def clean(self) -> dict[str, Any]:
        """Adds `minor`; an amount that can't be read is an error at its field."""
        data = super().clean() or self.cleaned_data
        if "amount" in data and "currency" in data:
            try:
                data["minor"] = parse_amount(data["amount"], data["currency"])
            except AmountError as error:
                self.add_error("amount", str(AMOUNT_PROBLEMS[error.code]))
        return data


class TopUpForm(MoneyForm):
    """How much, from which instrument."""

    instrument = forms.ChoiceField(
        label=_("从哪里充值"), error_messages={"required": _("请选择一张卡。")}
    )

    def __init__(self, *args: Any, tokens: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        instrument = self.fields["instrument"]
        assert isinstance(instrument, forms.ChoiceField)
        instrument.choices = [(token, token) for token in tokens]
        limits = self.brand.limits
        most = " / ".join(
            format_amount(limits[code].topup_max, code) for code in self.brand.currencies
        )
        self.fields["amount"].help_text = _("单笔最多 %(most)s") % {"most": most}


class TransferForm(MoneyForm):
    """To whom, how much, with which words. `again`: an equal transfer just now was meant."""

    recipient = forms.CharField(
        label=_("收款人"),
        max_length=120,
        help_text=_("对方的邮箱、手机号或客户号"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off"}),
        error_messages={"required": _("请输入收款人的邮箱、手机号或客户号。")},
    )
    note = forms.CharField(label=_("留言"), max_length=140, required=False)
    again = forms.BooleanField(widget=forms.HiddenInput, required=False)


class FreezeForm(forms.Form):
    """The reader is sure."""

    sure = forms.BooleanField(
        label=_("我明白：冻结后我自己也不能转账，直到客服核实身份。"),
        error_messages={"required": _("请先勾选确认。")},
    )


class ActivityForm(FiltersForm):
    """The filters of the activity, as of its export; the text is typed into a search box."""

    text = forms.CharField(
        label=_("搜索"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("收款人、单号或留言")}),
    )
