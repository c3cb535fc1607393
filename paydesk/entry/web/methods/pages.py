"""Saved means of payment: the list, adding one on the provider's page, choosing, removing.

No form here has a field for a card number: it is typed on the provider's page only.
"""

from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from paydesk.entry.web.methods.choices import view_of
from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.support.correspondent import as_customer
from paydesk.entry.web.wallet.frame import frame, signed_in
from paydesk.money.methods import access, actions, queries, texts
from paydesk.money.methods.models import SavedMethod
from paydesk.money.payments.providers.protocol import ProviderSilent
from paydesk.people.models import Customer


@require_safe
@signed_in
def listing(request: BrandRequest, customer: Customer) -> HttpResponse:
    """Every saved method; where the brand has a page for it, a way to add one."""
    context = frame(
        customer,
        "home",
        methods=[view_of(one) for one in queries.methods_of(customer)],
        can_add=queries.saving_provider(customer.brand) is not None,
    )
    return render(request, "methods/list.html", context)


@require_POST
@signed_in
def add(request: BrandRequest, customer: Customer) -> HttpResponse:
    """Lead to the provider's page; after it, back to `added`."""
    mark = UUID(int=0)
    back = request.build_absolute_uri(reverse("methods_added", args=[mark]))
    try:
        url = actions.begin(customer=customer, return_url=back.replace(str(mark), actions.SAVING))
    except (actions.NowhereToSave, ProviderSilent):
        messages.error(request, _("现在不能添加银行卡，请稍后再试。"))
        return redirect("methods_list")
    except actions.TooMany:
        messages.error(request, _("保存的银行卡太多了，请先移除不用的。"))
        return redirect("methods_list")
    if urlsplit(url).netloc in ("", request.get_host()):
        return redirect(url)
    # A form may only lead to ourselves (content policy); from here a link goes on.
    return render(request, "methods/leaving.html", frame(customer, "home", url=url))


@require_safe
@signed_in
def added(request: BrandRequest, customer: Customer, saving_id: UUID) -> HttpResponse:
    """Back from the provider's page: keep what it says was saved."""
    try:
        saving = access.saving_of(customer, saving_id)
        method = actions.finish(saving, as_customer(customer).actor)
    except access.NotYours:
        raise Http404 from None
    except ProviderSilent:
        messages.error(request, _("支付机构没有回答，请刷新页面再试。"))
        return redirect("methods_list")
    if method is None:
        messages.info(request, _("没有添加新卡。"))
    else:
        messages.success(request, _("已添加 %(card)s。") % {"card": _label(method)})
    return redirect("methods_list")


@require_POST
@signed_in
def make_default(request: BrandRequest, customer: Customer, method_id: UUID) -> HttpResponse:
    """Offer it first from now on."""
    actions.make_default(_own(customer, method_id), as_customer(customer).actor)
    return redirect("methods_list")


@require_POST
@signed_in
def remove(request: BrandRequest, customer: Customer, method_id: UUID) -> HttpResponse:
    """Forget it."""
    method = _own(customer, method_id)
    actions.remove(method, as_customer(customer).actor)
    messages.success(request, _("已移除 %(card)s。") % {"card": _label(method)})
    return redirect("methods_list")


def _own(customer: Customer, method_id: UUID) -> SavedMethod:
    try:
        return access.method_of(customer, method_id)
    except access.NotYours:
        raise Http404 from None


def _label(method: SavedMethod) -> str:
    return texts.label(method, get_language() or "zh-hans")
