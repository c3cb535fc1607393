"""The forms of reconciliation: a file to take in, a difference to explain."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from paydesk.money.payments.actions import by_bank
from paydesk.money.payments.actions.differing import Ending
from paydesk.money.reconciliation import texts
from paydesk.money.reconciliation.rules import CHOSEN, Way

MAX_UPLOAD = 28 * 1024 * 1024  # below what the gate lets through; a longer file comes in a ZIP


class UploadForm(forms.Form):
    """A provider's file of a day."""

    provider = forms.ChoiceField(label=gettext_lazy("支付机构"))
    day = forms.DateField(
        label=gettext_lazy("账单日期"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    file = forms.FileField(
        label=gettext_lazy("对账文件"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xml,.zip"}),
        error_messages={"empty": gettext_lazy("文件是空的。")},
    )

    def __init__(
        self, *given: Any, providers: Sequence[tuple[str, str]], latest: date, **more: Any
    ) -> None:
        super().__init__(*given, **more)
        field = self.fields["provider"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(providers)
        self._latest = latest
        self.fields["day"].initial = latest - timedelta(days=1)

    def clean_day(self) -> date:
        """No file is of a day to come."""
        day: date = self.cleaned_data["day"]
        if day > self._latest:
            raise forms.ValidationError(_("日期还没有到。"))
        return day

    def clean_file(self) -> UploadedFile:
        """Looked at by size here; what is in it is looked at when it is read."""
        given: UploadedFile = self.cleaned_data["file"]
        if (given.size or 0) > MAX_UPLOAD:
            most = MAX_UPLOAD // (1024 * 1024)
            said = _("文件太大，最多 %(most)s MB。请压缩成 ZIP 再上传。")
            raise forms.ValidationError(said % {"most": most})
        return given


class ExplainForm(forms.Form):
    """How a difference is explained, in a choice and in words."""

    way = forms.ChoiceField(
        label=gettext_lazy("处理方式"),
        choices=lambda: [(way.value, texts.way(way)) for way in texts.WAYS if way in CHOSEN],
    )
    note = forms.CharField(
        label=gettext_lazy("说明"),
        max_length=300,
        error_messages={"required": gettext_lazy("请写下依据。")},
    )

    @property
    def way_chosen(self) -> Way:
        """The choice, once the form is valid."""
        return Way(self.cleaned_data["way"])


class CreditForm(forms.Form):
    """Why what a provider took is credited."""

    note = forms.CharField(
        label=gettext_lazy("依据"),
        max_length=140,
        help_text=gettext_lazy("例如支付机构的回执或对账单行号。"),
        error_messages={"required": gettext_lazy("请写下依据。")},
    )


class PayBackForm(CreditForm):
    """How the bank paid out what no wallet can take, and how one knows."""

    day = forms.DateField(
        label=gettext_lazy("付款日期"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": gettext_lazy("请填写银行付款的日期。")},
    )
    reference = forms.CharField(
        label=gettext_lazy("银行流水号"),
        max_length=by_bank.REFERENCE_LENGTH,
        error_messages={"required": gettext_lazy("请填写银行流水号。")},
    )
    field_order = ("day", "reference", "note")

    def __init__(self, *given: Any, latest: date, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["note"].help_text = gettext_lazy("例如与客户约定的方式和收款账户。")
        self._latest = latest

    def clean_day(self) -> date:
        """What was paid out was paid out before."""
        day: date = self.cleaned_data["day"]
        if day > self._latest:
            raise forms.ValidationError(_("日期还没有到。"))
        return day


class EndForm(CreditForm):
    """What became of a payout or refund of another amount, and how one knows."""

    ending = forms.ChoiceField(
        label=gettext_lazy("核实结果"),
        choices=lambda: [(one.value, texts.ending(one)) for one in Ending],
    )
    field_order = ("ending", "note")

    @property
    def ending_chosen(self) -> Ending:
        """The choice, once the form is valid."""
        return Ending(self.cleaned_data["ending"])
