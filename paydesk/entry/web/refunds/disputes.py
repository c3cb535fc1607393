"""One dispute: the facts, our side of it in words and files, until the bank decides."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from paydesk.entry.web.accounts.guards import staff_required
from paydesk.entry.web.desk import frame
from paydesk.files import texts as file_texts
from paydesk.files.rules import FileRefused
from paydesk.kit.money import format_amount
from paydesk.money.refunds import access, actions, queries, texts
from paydesk.money.refunds.access import RefundNotFound
from paydesk.money.refunds.actions.disputes import evidence_of
from paydesk.money.refunds.models import Dispute
from paydesk.money.refunds.rules import UNDECIDED
from paydesk.people.models import StaffMember


class AnswerForm(forms.Form):
    """Our side of it."""

    text = forms.CharField(
        label=gettext_lazy("我方说明"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("写明付款是怎么发生的、客户收到了什么。"),
    )


@staff_required
def dispute(request: HttpRequest, number: str) -> HttpResponse:
    """The page, and keeping our side of it."""
    staff, row = _row(request, number)
    form = AnswerForm(request.POST or None, initial={"text": row.text})
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_dispute(row, staff=staff, text=form.cleaned_data["text"])
        except (PermissionDenied, ValueError):
            raise Http404 from None
        return redirect("desk_dispute", number)
    return _page(request, staff, row, form)


@require_POST
@staff_required
def upload(request: HttpRequest, number: str) -> HttpResponse:
    """Keep files for the bank."""
    staff, row = _row(request, number)
    problems = []
    for one in request.FILES.getlist("files"):
        problem = _keep(row, staff, one)
        problems += [problem] if problem else []
    if problems:
        return _page(request, staff, row, AnswerForm(initial={"text": row.text}), problems)
    return redirect("desk_dispute", number)


def _keep(row: Dispute, staff: StaffMember, one: UploadedFile) -> str:
    try:
        actions.add_dispute_evidence(row, staff=staff, upload=one)
    except FileRefused as error:
        return f"{one.name}: {file_texts.refusal(error.code)}"
    except ValueError:
        return _("银行已经作出决定。")
    return ""


def _row(request: HttpRequest, number: str) -> tuple[StaffMember, Dispute]:
    staff = frame.staff_of(request)
    try:
        return staff, access.dispute_for_staff(staff, number)
    except RefundNotFound:
        raise Http404 from None


def _page(
    request: HttpRequest,
    staff: StaffMember,
    row: Dispute,
    form: AnswerForm,
    problems: list[str] | None = None,
) -> HttpResponse:
    payment = row.payment
    side = payment.merchant.name if payment.merchant else payment.payee and payment.payee.name
    money = queries.dispute_money(row)
    facts = [
        (_("金额"), format_amount(row.amount, row.currency)),
        (_("已冻结"), format_amount(money.held, row.currency)),
        (_("已从收款方收回"), format_amount(money.taken, row.currency)),
        (_("平台承担"), format_amount(money.borne, row.currency)),
        (_("原付款"), f"#{payment.number}"),
        (_("收款方"), side or "—"),
        (_("银行给的原因"), texts.dispute_reason(row.reason)),
        (_("渠道编号"), f"{row.provider} · {row.reference}"),
    ]
    context = frame.context(staff, "refunds") | {
        "row": row,
        "facts": facts,
        "state": texts.dispute_state(row.state, settled=row.settled_at is not None),
        "form": form,
        "files": [one.file for one in evidence_of(row)],
        "is_open": row.state in UNDECIDED,
        "problems": problems or [],
    }
    return render(request, "refunds/desk_dispute.html", context)
