"""Merchants as the staff see them: who applied, how each stands, and moving them on.

To become active takes two: one asks here, another says yes on the approvals page.
"""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from paydesk.entry.web.accounts.guards import staff_required
from paydesk.entry.web.desk import frame
from paydesk.entry.web.merchant.frame import TONES
from paydesk.money.merchants import access, queries, texts
from paydesk.money.merchants.actions import onboarding
from paydesk.money.merchants.models import Merchant
from paydesk.money.merchants.rules import NEEDS_TWO, Standing, may_move
from paydesk.people.permissions import Permission, may


@require_safe
@staff_required
def merchants(request: HttpRequest) -> HttpResponse:
    """The merchants of one's brands, those that wait first."""
    staff = frame.staff_of(request)
    brands = [
        post.code for post in frame.posts(staff) if may(staff, post.code, Permission.MERCHANT_VIEW)
    ]
    rows = [
        _row(one, managed=may(staff, one.brand, Permission.MERCHANT_MANAGE))
        for one in queries.merchants_in(brands)
    ]
    return render(
        request, "merchant/staff.html", frame.context(staff, "merchants") | {"rows": rows}
    )


@require_POST
@staff_required
def move(request: HttpRequest, number: str) -> HttpResponse:
    """Let a merchant stand otherwise, or ask a second person for it."""
    staff = frame.staff_of(request)
    try:
        merchant = access.merchant_for_staff(staff, number)
        wanted = Standing(request.POST.get("to", ""))
    except (access.NotFound, ValueError):
        raise Http404 from None
    try:
        if wanted in NEEDS_TWO:
            onboarding.ask_to_activate(merchant, staff=staff)
            messages.success(request, _("已提交，等另一位同事批准。"))
        else:
            onboarding.move(merchant, wanted, staff=staff)
            messages.success(request, _("已保存。"))
    except onboarding.NotPossible:
        messages.error(request, _("商户现在的状态不允许这样做。"))
    except PermissionDenied:
        messages.error(request, _("您没有这项权限。"))
    return redirect("desk_merchants")


def _row(merchant: Merchant, *, managed: bool) -> dict[str, Any]:
    words = {
        Standing.SANDBOX: _("受理，开通沙箱"),
        Standing.ACTIVE: _("申请开通收款"),
        Standing.SUSPENDED: _("暂停"),
        Standing.CLOSED: _("关闭"),
    }
    now = Standing(merchant.standing)
    return {
        "merchant": merchant,
        "brand": frame.brand_name(merchant.brand),
        "standing": texts.STANDINGS[merchant.standing],
        "tone": TONES[now],
        "moves": [
            (wanted.value, word)
            for wanted, word in words.items()
            if managed and may_move(now, wanted)
        ],
    }
