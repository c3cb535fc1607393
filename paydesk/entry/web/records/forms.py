"""What is asked for a file: the filters of the history, a month, a format."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from paydesk.kit.money import AmountError, parse_amount
from paydesk.money.payments.states import UNFINISHED, PaymentKind, PaymentState
from paydesk.money.payments.texts import kind as kind_name
from paydesk.money.statements.models import ExportFormat
from paydesk.money.statements.rules import Filters

STATES = {
    "": frozenset[PaymentState](),
    "succeeded": frozenset({PaymentState.SUCCEEDED}),
    "failed": frozenset({PaymentState.FAILED}),
    "open": UNFINISHED,
}
FORMATS = [
    (ExportFormat.EXCEL.value, "Excel"),
    (ExportFormat.CSV.value, "CSV"),
    (ExportFormat.PDF.value, "PDF"),
]


def _day(label: Any) -> forms.DateField:
    look = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=look)


class FiltersForm(forms.Form):
    """What a history is narrowed down to, all optional; amounts are read in the chosen currency."""

    since = _day(_("从"))
    until = _day(_("到"))
    kind = forms.ChoiceField(label=_("种类"), required=False)
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[
            ("", _("全部")),
            ("succeeded", _("成功")),
            ("failed", _("失败")),
            ("open", _("处理中")),
        ],
    )
    currency = forms.ChoiceField(label=_("币种"), required=False)
    text = forms.CharField(label=_("对方、单号或留言"), required=False, max_length=60, strip=True)
    least = forms.CharField(label=_("最低金额"), required=False, max_length=20)
    most = forms.CharField(label=_("最高金额"), required=False, max_length=20)

    def __init__(self, *args: Any, currencies: Sequence[str], lang: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.main_currency = currencies[0]
        kinds = [(kind.value, kind_name(kind, lang)) for kind in PaymentKind]
        self.fields["kind"].choices = [("", _("全部")), *kinds]  # type: ignore[attr-defined]  # a choice
        choices = [("", _("全部")), *((code, code) for code in currencies)]
        self.fields["currency"].choices = choices  # type: ignore[attr-defined]  # a choice
        for name in ("least", "most"):
            self.fields[name].widget.attrs["inputmode"] = "decimal"

    def clean(self) -> dict[str, Any]:
        """A period or a range of amounts that ends before it begins is an error."""
        data = super().clean() or self.cleaned_data
        since: date | None = data.get("since")
        until: date | None = data.get("until")
        if since and until and until < since:
            self.add_error("until", _("结束日期早于开始日期。"))
        for name in ("least", "most"):
            data[name] = self._amount(name, data.get(name) or "", data.get("currency") or "")
        if data["least"] and data["most"] and data["most"] < data["least"]:
            self.add_error("most", _("最高金额低于最低金额。"))
        return data

    def _amount(self, name: str, text: str, currency: str) -> int | None:
        if not text.strip():
            return None
        try:
            return parse_amount(text, currency or self.main_currency)
        except AmountError:
            self.add_error(name, _("请填写金额，例如 50 或 50.00。"))
            return None

    @property
    def filters(self) -> Filters:
        """What a valid form asks for."""
        data = self.cleaned_data
        return Filters(
            first_day=data["since"],
            last_day=data["until"],
            kinds=frozenset({PaymentKind(data["kind"])} if data["kind"] else ()),
            states=STATES[data["state"]],
            currency=data["currency"],
            counterparty=data["text"],
            least=data["least"],
            most=data["most"],
        )


class HistoryForm(FiltersForm):
    """Filters and the format of the file."""

    format = forms.ChoiceField(
        label=_("格式"), choices=FORMATS, widget=forms.RadioSelect, initial=ExportFormat.EXCEL.value
    )


class StatementForm(forms.Form):
    """A month that is over, a wallet, a format."""

    month = forms.ChoiceField(label=_("月份"))
    currency = forms.ChoiceField(label=_("币种"))
    format = forms.ChoiceField(
        label=_("格式"), choices=FORMATS, widget=forms.RadioSelect, initial=ExportFormat.PDF.value
    )

    def __init__(
        self, *args: Any, months: Sequence[date], currencies: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        named = [(first.isoformat(), f"{first:%Y-%m}") for first in months]
        self.fields["month"].choices = named  # type: ignore[attr-defined]  # a choice
        self.fields["currency"].choices = [(c, c) for c in currencies]  # type: ignore[attr-defined]  # a choice

    @property
    def first_day(self) -> date:
        """The chosen month, by its first day."""
        return date.fromisoformat(self.cleaned_data["month"])
