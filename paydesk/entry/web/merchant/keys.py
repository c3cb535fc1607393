"""API keys: made and rotated (the text is shown once), revoked."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from paydesk.entry.web.merchant import frame as portal
from paydesk.entry.web.merchant import proving
from paydesk.entry.web.requests import BrandRequest
from paydesk.kit.actors import Actor
from paydesk.money.merchants import access, queries, texts
from paydesk.money.merchants.actions import keys as actions
from paydesk.money.merchants.models import ApiKey, Merchant


class KeyForm(forms.Form):
    """A key to make."""

    label = forms.CharField(
        label=gettext_lazy("用途"), max_length=60, help_text=gettext_lazy("例如：网店服务器")
    )
    live = forms.ChoiceField(
        label=gettext_lazy("资金"),
        choices=[("test", gettext_lazy("沙箱（测试资金）")), ("live", gettext_lazy("正式"))],
        initial="test",
        widget=forms.RadioSelect,
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("权限"),
        choices=list(texts.SCOPES.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("请至少选择一项权限。")},
    )


@portal.own_merchant
def keys(request: BrandRequest, merchant: Merchant) -> HttpResponse:
    """The keys, and the form that makes one."""
    form = KeyForm(request.POST or None, initial=proving.typed_before(request))
    fresh = ""
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["live"] == "live" and not proving.is_proved(request):
            return proving.ask(request, merchant, "merchant_keys", form.cleaned_data)
        fresh = _make(merchant, form)
        if fresh:
            form = KeyForm()
    return _page(request, merchant, form, fresh)


def _make(merchant: Merchant, form: KeyForm) -> str:
    data = form.cleaned_data
    try:
        _made, text = actions.make(
            merchant,
            live=data["live"] == "live",
            label=data["label"],
            scopes=data["scopes"],
            actor=portal.owner_of(merchant),
        )
    except actions.NotYet:
        form.add_error("live", _("现在还不能创建这种密钥。"))
        return ""
    except actions.TooMany:
        form.add_error(None, _("密钥太多了，请先停用一些。"))
        return ""
    return text


@require_POST
@portal.own_merchant
def change(request: BrandRequest, merchant: Merchant, key_id: UUID) -> HttpResponse:
    """Rotate or revoke a key, told apart by the button pressed."""
    try:
        key = access.key_of(merchant, key_id)
    except access.NotFound:
        raise Http404 from None
    actor = portal.owner_of(merchant)
    if request.POST.get("what") == "rotate":
        if key.live and not proving.is_proved(request):
            return proving.ask(request, merchant, "merchant_keys")
        fresh = _rotate(request, key, actor)
        if fresh:
            return _page(request, merchant, KeyForm(), fresh)
        return redirect("merchant_keys", merchant.number)
    actions.revoke(key, actor=actor)
    messages.success(request, _("密钥已停用，从现在起打不开任何东西。"))
    return redirect("merchant_keys", merchant.number)


def _rotate(request: BrandRequest, key: ApiKey, actor: Actor) -> str:
    try:
        return actions.rotate(key, actor=actor)[1]
    except actions.Over:
        messages.error(request, _("这个密钥已经失效。"))
    except actions.NotYet:
        messages.error(request, _("现在还不能创建这种密钥。"))
    except actions.TooMany:
        messages.error(request, _("密钥太多了，请先停用一些。"))
    return ""


def _page(request: BrandRequest, merchant: Merchant, form: KeyForm, fresh: str) -> HttpResponse:
    """The page. `fresh` is shown now and never again: it is in no store, nor in the session."""
    rows = [_row(one) for one in queries.keys(merchant.id)]
    context = portal.context(merchant, "keys", form=form, rows=rows, fresh=fresh)
    return render(request, "merchant/keys.html", context, status=422 if form.errors else 200)


def _row(key: ApiKey) -> dict[str, Any]:
    return {
        "key": key,
        "in_force": actions.is_in_force(key),
        "scopes": [texts.SCOPES[scope] for scope in key.scopes],
    }
