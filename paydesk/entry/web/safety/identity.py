"""Identity: which level the customer has, what the next one brings, documents sent in, and what
became of them. The same documents ask for a freeze to be lifted."""

from dataclasses import dataclass
from typing import Any

from allauth.core import ratelimit
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from paydesk.brands.profile import in_language
from paydesk.desk.cases import actions as cases
from paydesk.desk.cases.rules import Topic
from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.safety.guards import stepped_up
from paydesk.entry.web.support.correspondent import as_customer
from paydesk.entry.web.support.hours import CHAT
from paydesk.entry.web.wallet.frame import frame, signed_in
from paydesk.files import texts as file_texts
from paydesk.files.rules import FileRefused
from paydesk.people import queries, texts
from paydesk.people.actions import identity as actions
from paydesk.people.models import CheckState, Customer, IdentityCheck, RestrictionKind


@dataclass(frozen=True, slots=True)
class Sent:
    """One check as its sender sees it."""

    check: IdentityCheck
    document: str
    state: str
    tone: str
    why: str


@signed_in
def identity(request: BrandRequest, customer: Customer) -> HttpResponse:
    """The level, the documents, and the form for the next level."""
    if request.method == "POST":
        return _send(request, customer, unfreeze=False)
    return _page(request, customer)


@signed_in
@stepped_up
def unfreeze(request: BrandRequest, customer: Customer) -> HttpResponse:
    """Ask to have one's own freeze lifted: a fresh proof, documents, then two people of ours."""
    if not _frozen(customer):
        return redirect("wallet_security")
    if request.method == "POST":
        return _send(request, customer, unfreeze=True)
    return _page(request, customer, unfreeze=True)


def _send(request: BrandRequest, customer: Customer, *, unfreeze: bool) -> HttpResponse:
    if not ratelimit.consume(request, action="identity_upload", key=str(customer.id)):
        return _page(request, customer, unfreeze=unfreeze, problem=_("操作太频繁，请稍后再试。"))
    document = request.POST.get("document", "")
    sides = actions.DOCUMENTS.get(document, ())
    given = {side: request.FILES.get(side) for side in sides}
    uploads = {side: one for side, one in given.items() if isinstance(one, UploadedFile)}
    try:
        actions.submit_identity(customer, document=document, uploads=uploads, unfreeze=unfreeze)
    except FileRefused as refused:
        problem = file_texts.refusal(refused.code)
    except actions.IdentityNotPossible as refused:
        problem = {
            "missing": _("请上传所选证件的每一张图片。"),
            "pending": _("您已经提交过，我们正在审核。"),
            "highest": _("您已经是最高的认证等级。"),
        }[str(refused)]
    else:
        return _to_support(request, customer) if unfreeze else redirect("safety_identity")
    return _page(request, customer, unfreeze=unfreeze, problem=problem)


def _to_support(request: BrandRequest, customer: Customer) -> HttpResponse:
    """The conversation in which support lifts the freeze: two people, from a case."""
    case = cases.open_case(
        brand=request.brand.code,
        channel=CHAT,
        actor=as_customer(customer).actor,
        topic=Topic.ACCOUNT_FROZEN,
        customer=customer,
        lang=get_language() or "zh-hans",
    )
    return redirect("support_case", case.number)


def _page(
    request: BrandRequest, customer: Customer, *, unfreeze: bool = False, problem: str = ""
) -> HttpResponse:
    customer.refresh_from_db(fields=["identity_level"])
    language = get_language() or "zh"
    levels = request.brand.identity_levels
    level = min(customer.identity_level, len(levels) - 1)
    checks = [_sent(one) for one in queries.identity_checks(customer.id)]
    context: dict[str, Any] = frame(
        customer,
        "security",
        problem=problem,
        unfreeze=unfreeze,
        level=in_language(levels[level].names, language),
        upper=in_language(levels[level + 1].names, language) if level + 1 < len(levels) else "",
        checks=checks,
        pending=any(one.check.state == CheckState.SUBMITTED for one in checks),
        documents=[
            {
                "code": code,
                "name": texts.document(code),
                "sides": [{"code": side, "name": texts.side(side)} for side in sides],
            }
            for code, sides in actions.DOCUMENTS.items()
        ],
        chosen=request.POST.get("document") or request.GET.get("document") or "id_card",
    )
    return render(request, "safety/identity.html", context, status=422 if problem else 200)


def _sent(check: IdentityCheck) -> Sent:
    state, tone = {
        CheckState.SUBMITTED: (_("审核中"), "warn"),
        CheckState.APPROVED: (_("已通过"), "ok"),
        CheckState.REFUSED: (_("未通过"), "bad"),
    }[CheckState(check.state)]
    why = texts.identity_refusal(check.reason) if check.reason else ""
    return Sent(check, texts.document(check.document), state, tone, why)


def _frozen(customer: Customer) -> bool:
    held = queries.active_restrictions(customer.id)
    return any(one.kind == RestrictionKind.FREEZE for one in held)
