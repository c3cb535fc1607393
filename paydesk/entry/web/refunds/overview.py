"""The staff's overview: requests, recalls and disputes that wait, each a step from its case."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from paydesk.desk.cases import actions as cases
from paydesk.entry.web.accounts.guards import staff_required
from paydesk.entry.web.desk import frame
from paydesk.entry.web.desk.conversation import case_of
from paydesk.entry.web.refunds.views import recall_view, request_view
from paydesk.files.access import as_download
from paydesk.kit.money import format_amount
from paydesk.money.refunds import access, queries, texts
from paydesk.money.refunds.models import Dispute
from paydesk.people.models import StaffMember
from paydesk.people.permissions import Permission, may


@require_safe
@staff_required
def overview(request: HttpRequest) -> HttpResponse:
    """Everything that waits in one's brands."""
    return render(request, "refunds/desk.html", _context(frame.staff_of(request)))


@require_safe
@staff_required
def lists(request: HttpRequest) -> HttpResponse:
    """The lists alone, for a page that is open."""
    return render(request, "refunds/desk_lists.html", _context(frame.staff_of(request)))


@require_POST
@staff_required
def open_request(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The case in which a request is decided."""
    staff = frame.staff_of(request)
    for one in queries.to_decide(_brands(staff)):
        if one.pk == request_id:
            return redirect("desk_case", cases.case_for_request(one.pk, one.brand).number)
    raise Http404


@require_POST
@staff_required
def open_recall(request: HttpRequest, recall_id: UUID) -> HttpResponse:
    """The case in which a recall is decided."""
    staff = frame.staff_of(request)
    for one in queries.open_recalls(_brands(staff)):
        if one.pk == recall_id:
            return redirect("desk_case", cases.case_for_recall(one.pk, one.brand).number)
    raise Http404


@require_safe
@staff_required
def evidence(request: HttpRequest, number: str, request_id: UUID, file_id: UUID) -> HttpResponse:
    """A file that the case's customer showed."""
    case, staff = case_of(request, number)
    if not may(staff, case.brand, Permission.MONEY_VIEW):
        raise Http404
    try:
        wish = access.request_in_case(case.brand, case.customer_id, request_id)
        return as_download(access.evidence_file(wish, file_id), shown=True)
    except LookupError:
        raise Http404 from None


def _brands(staff: StaffMember) -> list[str]:
    return [post.code for post in frame.posts(staff)]


def _context(staff: StaffMember) -> dict[str, object]:
    brands = _brands(staff)
    return frame.context(staff, "refunds") | {
        "requests": [request_view(one) for one in queries.to_decide(brands)],
        "recalls": [recall_view(one) for one in queries.open_recalls(brands)],
        "disputes": [_dispute(one) for one in queries.open_disputes(brands)],
        "may_promise": any(may(staff, one, Permission.MERCHANT_MANAGE) for one in brands),
        "may_fund": any(may(staff, brand, Permission.LIQUIDITY_FUND) for brand in brands),
    }


def _dispute(row: Dispute) -> dict[str, object]:
    payment = row.payment
    side = payment.merchant.name if payment.merchant else payment.payee and payment.payee.name
    return {
        "row": row,
        "amount": format_amount(row.amount, row.currency),
        "side": side or "",
        "reason": texts.dispute_reason(row.reason),
        "state": texts.dispute_state(row.state, settled=row.settled_at is not None),
    }
