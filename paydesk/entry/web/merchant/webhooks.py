"""Notification addresses and the log of what was sent to them: request, answer, replay."""

import json
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from paydesk.entry.web.merchant import frame as portal
from paydesk.entry.web.merchant import proving
from paydesk.entry.web.requests import BrandRequest
from paydesk.money.merchants import access, addresses, queries, texts
from paydesk.money.merchants.actions import endpoints, telling
from paydesk.money.merchants.models import Delivery, DeliveryTry, Endpoint, Merchant
from paydesk.money.merchants.rules import DeliveryState, EventKind

T = TypeVar("T")
PAGE = 30
TONES = {DeliveryState.DELIVERED: "ok", DeliveryState.GIVEN_UP: "bad"}
KINDS = [(kind, label) for kind, label in texts.EVENTS.items() if kind != EventKind.PING]


class EndpointForm(forms.Form):
    """An address to add."""

    url = forms.CharField(
        label=gettext_lazy("通知地址"),
        max_length=500,
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://"}),
    )
    live = forms.ChoiceField(
        label=gettext_lazy("资金"),
        choices=[("test", gettext_lazy("沙箱（测试资金）")), ("live", gettext_lazy("正式"))],
        initial="test",
        widget=forms.RadioSelect,
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("事件"),
        required=False,
        choices=KINDS,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("不选表示全部"),
    )

    def clean_url(self) -> str:
        """An address that we would call; said before anybody proves anything."""
        url = str(self.cleaned_data["url"]).strip()
        try:
            addresses.check(url)
        except addresses.Refused as error:
            raise forms.ValidationError(str(texts.PROBLEMS[error.problem])) from None
        return url


@portal.own_merchant
def webhooks(request: BrandRequest, merchant: Merchant) -> HttpResponse:
    """The addresses, the form that adds one, and the latest deliveries."""
    typed = proving.typed_before(request)
    form, fresh = EndpointForm(request.POST or None, initial=typed), ""
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["live"] == "live" and not proving.is_proved(request):
            return proving.ask(request, merchant, "merchant_webhooks", form.cleaned_data)
        fresh = _add(merchant, form)
        if fresh:
            form = EndpointForm()
    return _page(request, merchant, form, fresh)


def _add(merchant: Merchant, form: EndpointForm) -> str:
    data = form.cleaned_data
    try:
        _made, secret = endpoints.add(
            merchant,
            live=data["live"] == "live",
            url=data["url"],
            kinds=data["kinds"],
            actor=portal.owner_of(merchant),
        )
    except endpoints.NotYet:
        form.add_error(None, _("申请通过以后才能使用通知。"))
        return ""
    except endpoints.TooMany:
        form.add_error(None, _("通知地址太多了，请先删除一些。"))
        return ""
    return secret


@require_POST
@portal.own_merchant
def change(request: BrandRequest, merchant: Merchant, endpoint_id: UUID) -> HttpResponse:
    """Test, rotate, switch or remove an address, told apart by the button pressed."""
    endpoint, actor = _endpoint(merchant, endpoint_id), portal.owner_of(merchant)
    opens = endpoint.live and request.POST.get("what") in {"rotate", "on"}
    if opens and not proving.is_proved(request):
        return proving.ask(request, merchant, "merchant_webhooks")
    match request.POST.get("what"):
        case "ping":
            if _sent(request, lambda: telling.ping(endpoint, actor=actor)):
                messages.success(request, _("测试通知已发出，结果见下面的记录。"))
        case "rotate":
            secret = endpoints.rotate_secret(endpoint, actor=actor)
            return _page(request, merchant, EndpointForm(), secret)
        case "on" | "off" as what:
            endpoints.change(endpoint, actor=actor, enabled=what == "on")
        case "remove":
            endpoints.remove(endpoint, actor=actor)
            messages.success(request, _("已删除，不再向它发送通知。"))
    return redirect("merchant_webhooks", merchant.number)


@require_safe
@portal.own_merchant
def delivery(request: BrandRequest, merchant: Merchant, delivery_id: UUID) -> HttpResponse:
    """One delivery: each try with what was sent and what came back."""
    found = _delivery(merchant, delivery_id)
    tries = [_try(one) for one in sorted(found.attempts.all(), key=lambda one: one.number)]
    context = portal.context(merchant, "webhooks", row=_row(found), tries=tries)
    return render(request, "merchant/delivery.html", context)


@require_POST
@portal.own_merchant
def replay(request: BrandRequest, merchant: Merchant, delivery_id: UUID) -> HttpResponse:
    """Send the same event to the same address once more."""
    found = _delivery(merchant, delivery_id)
    actor = portal.owner_of(merchant)
    again = _sent(request, lambda: telling.replay(found.event, found.endpoint, actor=actor))
    if again is None:
        return redirect("merchant_delivery", merchant.number, found.id)
    messages.success(request, _("已重新发送，webhook-id 与原来相同。"))
    return redirect("merchant_delivery", merchant.number, again.id)


def _sent(request: BrandRequest, send: Callable[[], T]) -> T | None:
    """What was sent; None, and a message why, where it is not possible now."""
    try:
        return send()
    except endpoints.NotYet:
        messages.error(request, _("商户账户目前不能发送通知。"))
    except telling.TooOften:
        messages.error(request, _("操作太频繁，请稍后再试。"))
    return None


def _page(
    request: BrandRequest, merchant: Merchant, form: EndpointForm, fresh: str
) -> HttpResponse:
    """The page. `fresh` (a signing secret) is shown now and never again."""
    failed = request.GET.get("show") == "failed"
    found = queries.deliveries(merchant.id, failed=failed, limit=PAGE)
    context = portal.context(
        merchant,
        "webhooks",
        typed=bool(form.initial),
        form=form,
        fresh=fresh,
        failed=failed,
        endpoints=[_endpoint_row(one) for one in queries.endpoints(merchant.id)],
        rows=[_row(one) for one in found],
    )
    return render(request, "merchant/webhooks.html", context, status=422 if form.errors else 200)


def _endpoint(merchant: Merchant, endpoint_id: UUID) -> Endpoint:
    for live in (True, False):
        try:
            return access.endpoint_of(merchant.id, live, endpoint_id)
        except access.NotFound:
            continue
    raise Http404


def _delivery(merchant: Merchant, delivery_id: UUID) -> Delivery:
    try:
        return access.delivery_of(merchant, delivery_id)
    except access.NotFound:
        raise Http404 from None


def _endpoint_row(endpoint: Endpoint) -> dict[str, Any]:
    kinds = [texts.EVENTS[kind] for kind in endpoint.kinds]
    return {"endpoint": endpoint, "kinds": kinds or [_("全部事件")]}


def _row(one: Delivery) -> dict[str, Any]:
    return {
        "delivery": one,
        "title": texts.EVENTS[one.event.kind],
        "state": texts.DELIVERIES[one.state],
        "tone": TONES.get(DeliveryState(one.state), "warn"),
    }


def _try(one: DeliveryTry) -> dict[str, Any]:
    try:
        body = json.dumps(json.loads(one.body), ensure_ascii=False, indent=2)
    except ValueError:
        body = one.body
    return {
        "one": one,
        "headers": "\n".join(f"{name}: {value}" for name, value in one.headers.items()),
        "body": body,
        "problem": texts.PROBLEMS.get(one.problem, one.problem),
    }
