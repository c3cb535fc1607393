"""Following what was asked for: the list, one timeline while it grows, evidence, another way."""

from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from paydesk.entry.web.refunds.views import recall_view, request_view
from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.support.correspondent import as_customer
from paydesk.entry.web.wallet.frame import frame, signed_in
from paydesk.files import texts as file_texts
from paydesk.files.access import as_download
from paydesk.files.rules import FileRefused
from paydesk.money.refunds import access, actions, texts
from paydesk.money.refunds.access import RefundNotFound
from paydesk.money.refunds.actions import NotAskable
from paydesk.money.refunds.models import RefundRequest
from paydesk.people.models import Customer


@signed_in
def requests(request: BrandRequest, customer: Customer) -> HttpResponse:
    """Everything that was asked back or called back, newest first."""
    context = frame(
        customer,
        "activity",
        requests=[request_view(one) for one in access.requests_of(customer)],
        recalls=[recall_view(one) for one in access.recalls_of(customer)],
    )
    return render(request, "refunds/list.html", context)


@signed_in
def follow(request: BrandRequest, customer: Customer, number: str) -> HttpResponse:
    """One request: where it stands, every step, the evidence."""
    found = _own(customer, number)
    context = frame(customer, "activity", view=request_view(found, full=True))
    return render(request, "refunds/follow.html", context)


@require_POST
@signed_in
def upload(request: BrandRequest, customer: Customer, number: str) -> HttpResponse:
    """Take in evidence: one file or several; by a script one at a time, answered in JSON."""
    found, problems = _own(customer, number), []
    for one in request.FILES.getlist("files"):
        problems += _keep(found, customer, one)
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"problems": problems}, status=422 if problems else 200)
    for problem in problems:
        messages.error(request, problem)
    return redirect("refunds_follow", number)


def _keep(found: RefundRequest, customer: Customer, one: UploadedFile) -> list[str]:
    try:
        actions.add_evidence(found, upload=one, actor=as_customer(customer).actor)
    except FileRefused as error:
        words = (
            _("最多 10 个文件。") if error.code == "too_many" else file_texts.refusal(error.code)
        )
        return [f"{one.name}: {words}"]
    except NotAskable as error:
        return [str(texts.OBJECTIONS[error.objection])]
    return []


@signed_in
def download(request: BrandRequest, customer: Customer, number: str, file_id: UUID) -> HttpResponse:
    """A file of one's own request."""
    try:
        return as_download(access.evidence_file(_own(customer, number), file_id), shown=True)
    except LookupError:
        raise Http404 from None


@require_POST
@signed_in
def to_wallet(request: BrandRequest, customer: Customer, number: str) -> HttpResponse:
    """Have it in the wallet, where the way it came is closed."""
    try:
        actions.choose_wallet(_own(customer, number), actor=as_customer(customer).actor)
    except NotAskable as error:
        messages.error(request, str(texts.OBJECTIONS[error.objection]))
    return redirect("refunds_follow", number)


@require_POST
@signed_in
def withdraw(request: BrandRequest, customer: Customer, number: str) -> HttpResponse:
    """Take it back."""
    try:
        actions.withdraw(_own(customer, number), actor=as_customer(customer).actor)
    except NotAskable as error:
        messages.error(request, str(texts.OBJECTIONS[error.objection]))
    return redirect("refunds_follow", number)


def _own(customer: Customer, number: str) -> RefundRequest:
    try:
        return access.request_of(customer, number)
    except RefundNotFound:
        raise Http404 from None
