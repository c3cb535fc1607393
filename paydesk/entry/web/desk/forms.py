"""What staff type into the desk's dialogs. Parses and checks shape; decides nothing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy

from paydesk.desk.cases import texts
from paydesk.desk.cases.rules import FreezeReason
from paydesk.kit import clock, ids
from paydesk.kit.money import AmountError, AmountProblem, parse_amount
from paydesk.money.payments.states import HoldReason
from paydesk.people.models import Scope, StaffMember

AMOUNT_PROBLEMS = {
    AmountProblem.TOO_PRECISE: gettext_lazy("小数位太多。"),
    AmountProblem.TOO_LARGE: gettext_lazy("金额太大。"),
    AmountProblem.NOT_POSITIVE: gettext_lazy("金额必须大于零。"),
}
QUEUE = "queue"


def _text(rows: int, **attrs: Any) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, **attrs})


class FreezeForm(forms.Form):
    """Freeze what, and why."""

    scope = forms.ChoiceField(
        label=gettext_lazy("冻结什么"),
        choices=[
            (Scope.ALL, gettext_lazy("付款和收款（默认）")),
            (Scope.SEND, gettext_lazy("只冻结付款")),
            (Scope.RECEIVE, gettext_lazy("只冻结收款")),
        ],
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("原因"),
        choices=[(code.value, words) for code, words in texts.FREEZE_REASONS.items()],
    )

    def clean_reason(self) -> FreezeReason:
        return FreezeReason(self.cleaned_data["reason"])


class UnfreezeForm(forms.Form):
    """Why a colleague should agree."""

    reason = forms.CharField(
        label=gettext_lazy("给审批人的说明"),
        max_length=500,
        widget=_text(3),
        help_text=gettext_lazy("写明核实了什么。审批人会看到这段话和案件。"),
    )


class KeyedForm(forms.Form):
    """A form whose deed is done once, however often it is sent: `key` is made with the page."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=ids.uuid7)

    def renew(self) -> None:
        """A deed that failed is over: what is sent next is another one."""
        self.data = {name: self.data[name] for name in self.data} | {"key": str(ids.uuid7())}


class AmountForm(KeyedForm):
    """A form with an amount in the currency that `currency_of` names."""

    amount = forms.CharField(
        label=gettext_lazy("金额"),
        max_length=24,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def currency_of(self) -> str:
        """The currency in which the amount is typed."""
        raise NotImplementedError

    def clean_amount(self) -> int:
        try:
            return parse_amount(self.cleaned_data["amount"], self.currency_of())
        except AmountError as error:
            words = AMOUNT_PROBLEMS.get(error.code, gettext_lazy("请输入正确的金额。"))
            raise forms.ValidationError(str(words)) from None


class RefundForm(AmountForm):
    """Which payment, how much of it, and a note that the customer sees with the refund."""

    field_order = ("payment", "amount", "note", "key")
    payment = forms.ChoiceField(label=gettext_lazy("付款"))
    note = forms.CharField(
        label=gettext_lazy("备注"), max_length=140, required=False, widget=_text(2)
    )

    def __init__(
        self, *args: Any, payments: Sequence[tuple[str, str, str]] = (), **kwargs: Any
    ) -> None:
        """`payments`: id, currency and words of what can be refunded."""
        super().__init__(*args, **kwargs)
        self.currencies = {key: currency for key, currency, _words in payments}
        chooser = self.fields["payment"]
        assert isinstance(chooser, forms.ChoiceField)
        chooser.choices = [(key, words) for key, _currency, words in payments]

    def currency_of(self) -> str:
        return self.currencies.get(str(self.cleaned_data.get("payment")), "")

    def clean_payment(self) -> UUID:
        return UUID(self.cleaned_data["payment"])


class HoldForm(AmountForm):
    """Reserve how much, why, for how long."""

    field_order = ("amount", "currency", "reason", "lasts", "key")
    currency = forms.ChoiceField(label=gettext_lazy("币种"))
    reason = forms.ChoiceField(
        label=gettext_lazy("原因"),
        choices=[
            (HoldReason.REVIEW, gettext_lazy("交易核实")),
            (HoldReason.DISPUTE, gettext_lazy("争议处理")),
            (HoldReason.ORDER, gettext_lazy("订单预留")),
        ],
    )
    lasts = forms.TypedChoiceField(
        label=gettext_lazy("预留多久"),
        coerce=int,
        choices=[
            (1, gettext_lazy("1 小时")),
            (24, gettext_lazy("1 天")),
            (72, gettext_lazy("3 天")),
            (168, gettext_lazy("7 天")),
        ],
        initial=24,
    )

    def __init__(self, *args: Any, currencies: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chooser = self.fields["currency"]
        assert isinstance(chooser, forms.ChoiceField)
        chooser.choices = [(code, code) for code in currencies]
        self.order_fields(["currency", "amount", "reason", "lasts", "key"])

    def currency_of(self) -> str:
        return str(self.cleaned_data.get("currency", ""))

    def clean_reason(self) -> HoldReason:
        return HoldReason(self.cleaned_data["reason"])

    def until(self) -> datetime:
        """When the reservation ends."""
        return clock.now() + timedelta(hours=self.cleaned_data["lasts"])


class HandOverForm(forms.Form):
    """To whom."""

    to = forms.ChoiceField(label=gettext_lazy("转交给"))

    def __init__(self, *args: Any, colleagues: Sequence[StaffMember] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.colleagues = {str(one.pk): one for one in colleagues}
        chooser = self.fields["to"]
        assert isinstance(chooser, forms.ChoiceField)
        named = [(key, one.name) for key, one in self.colleagues.items()]
        chooser.choices = [(QUEUE, gettext_lazy("队列：谁先有空谁接")), *named]

    def colleague(self) -> StaffMember | None:
        """The colleague chosen, None for the queue."""
        return self.colleagues.get(self.cleaned_data["to"])
