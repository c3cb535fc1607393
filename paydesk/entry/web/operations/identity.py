"""Documents that wait for a person: pictures beside the account, a yes or a reason."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from paydesk.entry.web.accounts.guards import staff_required
from paydesk.entry.web.desk import frame
from paydesk.files import access as files
from paydesk.files.access import FileUnreadable
from paydesk.people import access, queries, texts
from paydesk.people.actions import identity as actions
from paydesk.people.permissions import Permission, may


@require_safe
@staff_required
def identity(request: HttpRequest) -> HttpResponse:
    """The queue, the longest wait first."""
    staff = frame.staff_of(request)
    reader = f"staff:{staff.id}"
    brands = [
        one.code for one in frame.posts(staff) if may(staff, one.code, Permission.IDENTITY_REVIEW)
    ]
    checks = [
        {
            "check": check,
            "customer": check.customer,
            "document": texts.document(check.document),
            "brand": frame.brand_name(check.brand),
            "pictures": [
                (texts.side(one.side), one.file, files.sign_link(one.file, reader))
                for one in check.documents.all()
            ],
        }
        for check in queries.waiting_identity(brands)
    ]
    reasons = [(code, texts.identity_refusal(code)) for code in actions.REFUSALS]
    context = frame.context(staff, "identity") | {"checks": checks, "reasons": reasons}
    return render(request, "operations/identity.html", context)


@require_POST
@staff_required
def decide(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """Decide one check."""
    staff = frame.staff_of(request)
    try:
        check = access.identity_check_for(staff, check_id)
        actions.decide_identity(
            check,
            staff=staff,
            approve=request.POST.get("decision") == "approve",
            reason=request.POST.get("reason", ""),
        )
    except PermissionDenied:
        raise Http404 from None
    except actions.IdentityNotPossible as refused:
        told = {"reason": _("请选择不通过的原因。")}
        messages.error(request, told.get(str(refused), _("这份申请已经处理过。")))
    else:
        messages.success(request, _("已记录，客户会收到邮件。"))
    return redirect("operations_identity")


@require_safe
@staff_required
def picture(request: HttpRequest, brand: str, token: str) -> HttpResponse:
    """One picture, by a link that is this reader's alone and lapses."""
    staff = frame.staff_of(request)
    try:
        return files.as_download(files.readable_file(brand, f"staff:{staff.id}", token), shown=True)
    except FileUnreadable:
        raise Http404 from None
