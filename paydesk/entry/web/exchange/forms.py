"""What a customer types to change money or to pay across a border. Keeps what was typed.

Either amount may be typed; `side` says which, `minor` is that one in minor units.
"""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from paydesk.brands.profile import Brand
from paydesk.entry.web.exchange.words import COUNTRIES, PURPOSES, RELATIONSHIPS, SOURCES
from paydesk.entry.web.wallet.forms import AMOUNT_PROBLEMS
from paydesk.kit import ids
from paydesk.kit.money import AmountError, AmountProblem, parse_amount
from paydesk.money.exchange.rules import Declared, Side

_AMOUNT = {"inputmode": "decimal", "autocomplete": "off", "placeholder": "0.00"}
_NONE = [("", _("请选择"))]


def _amount(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=40, widget=forms.TextInput(attrs=dict(_AMOUNT))
    )


class AmountsForm(forms.Form):
    """Two amounts of which one was typed."""

    side = forms.ChoiceField(
        choices=[(one.value, one.value) for one in Side], widget=forms.HiddenInput, required=False
    )
    pay_amount = _amount(_("您付出"))
    pay_currency = forms.ChoiceField(label=_("付出的货币"))
    get_amount = _amount(_("换得"))
    get_currency = forms.ChoiceField(label=_("换得的货币"))

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        first = brand.default_currency
        other = next((one for one in brand.currencies if one != first), first)
        kwargs["initial"] = {
            "key": str(ids.uuid7()),
            "side": Side.PAY.value,
            "pay_currency": first,
            "get_currency": other,
            **kwargs.get("initial", {}),
        }
        super().__init__(*args, **kwargs)
        self.brand = brand
        for name in ("pay_currency", "get_currency"):
            chooser = self.fields[name]
            assert isinstance(chooser, forms.ChoiceField)
            chooser.choices = [(code, code) for code in brand.currencies]

    def clean(self) -> dict[str, Any]:
        """Adds `minor`, and settles `side`: what stands alone was typed."""
        data = super().clean() or self.cleaned_data
        pay, get = data.get("pay_currency"), data.get("get_currency")
        if pay and pay == get:
            self.add_error("get_currency", str(_("请选择两种不同的货币。")))
            return data
        side = Side(data.get("side") or Side.PAY)
        if not data.get(f"{side}_amount"):
            side = Side.GET if side is Side.PAY and data.get("get_amount") else Side.PAY
        data["side"] = side
        try:
            data["minor"] = parse_amount(
                data.get(f"{side}_amount", ""), data.get(f"{side}_currency", "")
            )
        except AmountError as error:
            self.add_error(f"{side}_amount", str(AMOUNT_PROBLEMS[error.code]))
        return data

    def too_small(self) -> None:
        """The other side would get nothing."""
        problem = AMOUNT_PROBLEMS[AmountProblem.NOT_POSITIVE]
        self.add_error("pay_amount", str(problem))


class ConvertForm(AmountsForm):
    """Between one's own wallets."""

    key = forms.CharField(widget=forms.HiddenInput, min_length=8, max_length=64)
    retry_of = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)
    quote = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)


class RemitForm(ConvertForm):
    """To somebody in another currency, perhaps abroad, with what the border asks for."""

    recipient = forms.CharField(
        label=_("收款人"),
        max_length=120,
        help_text=_("对方的邮箱、手机号或客户号"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off"}),
        error_messages={"required": _("请输入收款人的邮箱、手机号或客户号。")},
    )
    country = forms.ChoiceField(label=_("收款人所在国家或地区"))
    purpose = forms.ChoiceField(
        label=_("用途"), required=False, choices=[*_NONE, *PURPOSES.items()]
    )
    relationship = forms.ChoiceField(
        label=_("您与收款人的关系"), required=False, choices=[*_NONE, *RELATIONSHIPS.items()]
    )
    address = forms.CharField(label=_("收款人的地址"), required=False, max_length=200)
    source_of_funds = forms.ChoiceField(
        label=_("资金的来源"), required=False, choices=[*_NONE, *SOURCES.items()]
    )
    note = forms.CharField(label=_("留言"), max_length=140, required=False)

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        kwargs["initial"] = {"country": brand.exchange.home, **kwargs.get("initial", {})}
        super().__init__(*args, brand=brand, **kwargs)
        country = self.fields["country"]
        assert isinstance(country, forms.ChoiceField)
        country.choices = [(code, COUNTRIES.get(code, code)) for code in brand.exchange.countries]
        self.fields["get_amount"].label = _("对方收到")

    def declared(self) -> Declared:
        """What was said about the border. Call when the form is valid."""
        names = ("country", "purpose", "relationship", "address", "source_of_funds")
        return Declared(**{name: self.cleaned_data[name] for name in names})

    def mark_missing(self, missing: list[str]) -> None:
        """Say at each field that it is asked for."""
        for name in missing:
            if name in self.fields:
                self.add_error(name, str(_("汇往这个国家或地区需要这一项。")))
