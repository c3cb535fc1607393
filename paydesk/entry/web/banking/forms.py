"""What a customer types into the banking pages. Keeps what was typed; decides nothing.

Numbers and references may come in any script: what is checked and stored is cleaned below.
"""

from collections.abc import Iterable
from datetime import date, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from paydesk.brands.profile import Brand
from paydesk.entry.web.templatetags.page import zonename
from paydesk.entry.web.wallet.forms import MoneyForm
from paydesk.money.bills.references import clean
from paydesk.money.payouts import texts
from paydesk.money.payouts.details import Details, Scheme
from paydesk.money.payouts.iban import LENGTHS
from paydesk.money.schedules.calendar import Rhythm
from paydesk.money.schedules.rules import OnMissed
from paydesk.money.schedules.texts import RHYTHMS

_PLAIN = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
LONGEST = 120
"""What is longer than this in a field is nobody's number or name."""


class WithdrawForm(MoneyForm):
    """How much, to which of the customer's bank accounts."""

    account = forms.ChoiceField(
        label=_("到哪个银行账户"), error_messages={"required": _("请选择银行账户。")}
    )

    def __init__(self, *args: Any, choices: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["account"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices)


class AccountForm(forms.Form):
    """A bank account; which fields there are follows from the scheme."""

    scheme = forms.CharField(widget=forms.HiddenInput, max_length=16)
    country = forms.ChoiceField(label=_("账户所在国家或地区"))
    holder = forms.CharField(
        label=_("账户持有人"),
        max_length=LONGEST,
        help_text=_("必须与您的实名一致，只能提现到本人账户。"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("请填写账户持有人。")},
    )
    number = forms.CharField(
        max_length=LONGEST,
        widget=forms.TextInput(attrs={**_PLAIN, "inputmode": "text"}),
        error_messages={"required": _("请填写账号。")},
    )
    branch = forms.CharField(
        max_length=LONGEST, required=False, widget=forms.TextInput(attrs=_PLAIN)
    )
    bank = forms.ChoiceField(label=_("银行"), required=False)

    def __init__(
        self,
        *args: Any,
        scheme: Scheme,
        countries: Iterable[tuple[str, str]],
        banks: Iterable[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = scheme
        self.fields["scheme"].initial = scheme.value
        country, bank = self.fields["country"], self.fields["bank"]
        assert isinstance(country, forms.ChoiceField)
        assert isinstance(bank, forms.ChoiceField)
        country.choices = list(countries)
        bank.choices = [("", _("从卡号识别")), *banks]
        self._shape(scheme)

    def _shape(self, scheme: Scheme) -> None:
        """Name the fields as this scheme does, and take away those that it has not."""
        number, branch = self.fields["number"], self.fields["branch"]
        number.label, number.help_text = _NUMBERS[scheme]
        label, hint, needed = _BRANCHES[scheme]
        branch.label, branch.help_text, branch.required = label, hint, needed
        branch.error_messages["required"] = _("请填写这一项。")
        gone = {
            Scheme.CN_CARD: ("country", "branch"),
            Scheme.CN_ACCOUNT: ("country", "bank"),
            Scheme.IBAN: ("country", "bank"),
            Scheme.US_ACCOUNT: ("country", "bank"),
            Scheme.SWIFT: ("bank",),
        }[scheme]
        for name in gone:
            del self.fields[name]

    @property
    def typed(self) -> Details:
        """What was typed, unchecked."""
        data = self.cleaned_data
        return Details(
            scheme=self.kind,
            country=data.get("country", ""),
            holder=data["holder"],
            number=data["number"],
            bank=data.get("bank", ""),
            branch=data.get("branch", ""),
        )


FIELDS = {
    "card": "number", "account": "number", "iban": "number", "cnaps": "branch", "swift": "branch",
    "holder": "holder", "country": "country", "bank": "bank",
}  # fmt: skip
"""Which field of the form a part of bank details is typed into."""

_Words = Any  # a text, translated when it is shown
_NUMBERS: dict[Scheme, tuple[_Words, _Words]] = {
    Scheme.CN_CARD: (_("借记卡卡号"), _("16 至 19 位数字，在卡的正面。")),
    Scheme.CN_ACCOUNT: (_("账户号码"), ""),
    Scheme.IBAN: (_("IBAN"), _("例如 DE89 3704 0044 0532 0130 00")),
    Scheme.US_ACCOUNT: (_("账号（Account number）"), ""),
    Scheme.SWIFT: (_("账户号码"), ""),
}
_BRANCHES: dict[Scheme, tuple[_Words, _Words, bool]] = {
    Scheme.CN_CARD: ("", "", False),
    Scheme.CN_ACCOUNT: (_("开户行联行号"), _("12 位数字，可向开户行查询。"), True),
    Scheme.IBAN: (_("SWIFT 代码"), "", False),
    Scheme.US_ACCOUNT: (_("路由号码（Routing number）"), _("9 位数字。"), True),
    Scheme.SWIFT: (_("SWIFT 代码"), _("8 或 11 位，例如 HSBCHKHHHKH"), True),
}


class ReferenceForm(forms.Form):
    """The number that a biller knows the customer by."""

    reference = forms.CharField(
        max_length=LONGEST, widget=forms.TextInput(attrs={**_PLAIN, "inputmode": "text"})
    )

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reference"]
        field.label = label
        field.error_messages["required"] = _("请填写%(label)s。") % {"label": label}

    def clean_reference(self) -> str:
        """In one writing, without gaps."""
        return clean(self.cleaned_data["reference"])


class BillForm(MoneyForm):
    """How much of a bill that was looked up, and whether to keep the number."""

    reference = forms.CharField(widget=forms.HiddenInput, max_length=LONGEST)
    save = forms.BooleanField(label=_("保存这个号码，下次直接缴费"), required=False)
    name = forms.CharField(
        label=_("备注名"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"placeholder": _("例如：家里、父母家")}),
    )

    def clean_reference(self) -> str:
        """In one writing, without gaps."""
        return clean(self.cleaned_data["reference"])


class DatesForm(forms.Form):
    """When first, how often, how long."""

    rhythm = forms.ChoiceField(
        label=_("多久一次"), choices=[(one.value, RHYTHMS[one]) for one in Rhythm]
    )
    first_on = forms.DateField(
        label=_("第一次"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("请选择第一次付款的日期。"),
            "invalid": _("日期不对，请重新选择。"),
        },
    )
    at = forms.TimeField(
        label=_("时间"),
        initial=time(9),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("时间不对，请重新选择。")},
    )
    ends = forms.ChoiceField(
        label=_("到什么时候"),
        choices=[("never", _("一直继续")), ("on", _("到某一天")), ("after", _("付若干次"))],
        initial="never",
    )
    ends_on = forms.DateField(
        label=_("最后一天"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("日期不对，请重新选择。")},
    )
    times = forms.IntegerField(
        label=_("次数"),
        required=False,
        min_value=1,
        max_value=500,
        error_messages={
            "invalid": _("次数要用数字填写。"),
            "min_value": _("至少一次。"),
            "max_value": _("最多 500 次。"),
        },
    )

    def clean(self) -> dict[str, Any]:
        """An end that was chosen needs its day or number; one that was not is forgotten."""
        data = super().clean() or self.cleaned_data
        ends = data.get("ends") if data.get("rhythm") != Rhythm.ONCE else "never"
        if ends == "on" and not data.get("ends_on") and "ends_on" not in self.errors:
            self.add_error("ends_on", str(_("请选择最后一天。")))
        if ends == "after" and not data.get("times") and "times" not in self.errors:
            self.add_error("times", str(_("请填写次数。")))
        data["ends_on"] = data.get("ends_on") if ends == "on" else None
        data["times"] = data.get("times") if ends == "after" else None
        return data


class ScheduleForm(DatesForm, MoneyForm):
    """A repeated or later transfer; for a bill the biller stands in the address."""

    recipient = forms.CharField(
        label=_("收款人"),
        max_length=LONGEST,
        help_text=_("对方的邮箱、手机号或客户号"),
        widget=forms.TextInput(attrs=_PLAIN),
        error_messages={"required": _("请输入收款人的邮箱、手机号或客户号。")},
    )
    note = forms.CharField(label=_("留言"), max_length=140, required=False)
    on_missed = forms.ChoiceField(
        label=_("如果因系统原因错过了时间"),
        choices=[(OnMissed.RUN_LATE, _("尽快补付")), (OnMissed.SKIP, _("跳过这一次"))],
        initial=OnMissed.RUN_LATE,
    )

    def __init__(self, *args: Any, brand: Brand, for_bill: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, brand=brand, **kwargs)
        self.fields["at"].help_text = zonename(brand.timezone)
        if for_bill:
            del self.fields["recipient"]
            del self.fields["note"]


def today_in(brand: Brand, now: Any) -> date:
    """The brand's local day at a moment."""
    day: date = now.astimezone(brand.zone).date()
    return day


def schemes(countries: Iterable[str]) -> list[Scheme]:
    """The kinds of account that lead to these countries."""
    served = set(countries)
    found = [Scheme.CN_CARD, Scheme.CN_ACCOUNT] if "CN" in served else []
    if served & set(LENGTHS):
        found.append(Scheme.IBAN)
    if "US" in served:
        found.append(Scheme.US_ACCOUNT)
    return [*found, Scheme.SWIFT]


def scheme_label(scheme: Scheme) -> str:
    """A kind of account in the reader's words."""
    return str(texts.SCHEMES[scheme])
