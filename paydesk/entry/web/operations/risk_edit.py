"""Writing rules: one is changed, added or taken out in a form; each time that is a new draft."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from paydesk.brands import profiles
from paydesk.entry.web.accounts.guards import staff_required
from paydesk.entry.web.desk import frame
from paydesk.entry.web.operations.risk_forms import RuleForm
from paydesk.entry.web.operations.risk_groups import MAIN
from paydesk.money.risk import access, actions, defaults, queries, texts
from paydesk.money.risk.models import RuleSetState
from paydesk.money.risk.reading import RuleFault
from paydesk.people import permissions
from paydesk.people.models import StaffMember
from paydesk.people.permissions import Permission

Rows = list[dict[str, Any]]


@staff_required
def rule(request: HttpRequest, brand: str) -> HttpResponse:
    """The form of a rule, one that is there (`code`) or a new one of a `kind`; saving drafts it."""
    staff = _writer(request, brand)
    rows = _base(staff, brand, request.GET.get("base", ""))
    before = next((row for row in rows if row["code"] == request.GET.get("code")), None)
    explain = str(before["explain"]) if before else request.GET.get("kind", "")
    if explain not in MAIN:
        raise Http404
    form = RuleForm(
        request.POST or None,
        explain=explain,
        currencies=profiles.get(brand).currencies,
        row=before,
    )
    if request.method == "POST" and form.is_valid():
        after = [form.row() if row is before else row for row in rows]
        try:
            made = actions.draft(
                brand=brand,
                rules=after if before else [*rows, form.row()],
                staff=staff,
                note=form.cleaned_data["note"] or form.cleaned_data["code"],
            )
        except RuleFault as fault:
            form.point_out(fault)
        else:
            said = _("已存为第 %(version)s 版草稿。请先试运行，再申请生效。")
            messages.success(request, said % {"version": made.version})
            return redirect("operations_ruleset", made.id)
    context = frame.context(staff, "risk") | {
        "form": form,
        "brand_label": frame.brand_name(brand),
        "kind": texts.explanation(explain),
        "before": before,
        "brand_code": brand,
        "base": request.GET.get("base", ""),
    }
    return render(request, "operations/rule.html", context, status=422 if form.errors else 200)


@require_POST
@staff_required
def remove(request: HttpRequest, brand: str) -> HttpResponse:
    """Draft the rules without one of them."""
    staff = _writer(request, brand)
    rows = _base(staff, brand, request.POST.get("base", ""))
    code = request.POST.get("code", "")
    left = [row for row in rows if row["code"] != code]
    if len(left) == len(rows):
        raise Http404
    note = _("去掉 %(code)s") % {"code": code}
    made = actions.draft(brand=brand, rules=left, staff=staff, note=note)
    said = _("已存为第 %(version)s 版草稿。请先试运行，再申请生效。")
    messages.success(request, said % {"version": made.version})
    return redirect("operations_ruleset", made.id)


def kinds() -> Sequence[tuple[str, str]]:
    """The kinds of rules that may be added."""
    return [(code, texts.explanation(code)) for code in MAIN]


def in_force(brand: str) -> Rows:
    """The rules that count now, as they are stored."""
    active = [one for one in queries.rule_sets(brand) if one.state == RuleSetState.ACTIVE]
    return list(active[0].rules) if active else list(defaults.rows())


def _writer(request: HttpRequest, brand: str) -> StaffMember:
    """Whoever may write rules of the brand. Raises PermissionDenied (recorded), Http404."""
    staff = frame.staff_of(request)
    if brand not in access.brands_of(staff):
        raise Http404
    permissions.require(staff, brand, Permission.RISK_EDIT)
    return staff


def _base(staff: StaffMember, brand: str, asked: str) -> Rows:
    """The rules that are changed: those of a set, else those in force."""
    if not asked:
        return in_force(brand)
    try:
        found = access.rule_set(staff, UUID(asked))
    except (PermissionDenied, ValueError):
        raise Http404 from None
    if found.brand != brand:
        raise Http404
    return list(found.rules)
