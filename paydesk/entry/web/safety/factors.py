"""Second factors: an app, passkeys, recovery codes. Changing any needs a fresh proof."""

import json

import segno
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.safety import proofs
from paydesk.entry.web.safety.guards import stepped_up
from paydesk.entry.web.wallet.frame import frame, signed_in
from paydesk.people import access, naming, passkeys, queries, totp
from paydesk.people.actions import factors as actions
from paydesk.people.models import Customer, FactorKind

SECRET_KEY = "totp_secret"  # noqa: S105 - a key of the session, until the first code is right


@signed_in
def factors(request: BrandRequest, customer: Customer) -> HttpResponse:
    """What there is, and what can be added."""
    held = queries.factors(customer.user_id)
    context = frame(
        customer,
        "security",
        app=next((one for one in held if one.kind == FactorKind.TOTP), None),
        passkeys=[one for one in held if one.kind == FactorKind.PASSKEY],
        recovery=next((one for one in held if one.kind == FactorKind.RECOVERY), None),
        strong=queries.has_second_factor(customer.user_id),
    )
    return render(request, "safety/factors.html", context)


@never_cache
@signed_in
@stepped_up
def add_app(request: BrandRequest, customer: Customer) -> HttpResponse:
    """Show the picture for an authenticator app; store its secret once a first code is right."""
    secret = request.session.get(SECRET_KEY) or actions.new_totp_secret()
    request.session[SECRET_KEY] = secret
    problem = ""
    if request.method == "POST":
        try:
            actions.add_totp(customer, secret=secret, typed=request.POST.get("code", ""))
        except actions.FactorRefused:
            problem = _("验证码不正确。请核对手机上的时间后再试。")
        else:
            del request.session[SECRET_KEY]
            return _added(request, customer, _("验证器应用已启用。"))
    brand = request.brand.name(get_language() or "zh")
    address = totp.address(secret, issuer=brand, account=customer.number)
    picture = segno.make(address, error="m").svg_inline(
        scale=5, border=2, omitsize=True, light="#fff"
    )
    groups = " ".join(secret[n : n + 4] for n in range(0, len(secret), 4))
    context = frame(customer, "security", picture=picture, secret=groups, problem=problem)
    return render(request, "safety/add_app.html", context, status=422 if problem else 200)


@never_cache
@signed_in
@stepped_up
def add_passkey(request: BrandRequest, customer: Customer) -> HttpResponse:
    """Let the browser make a passkey, and store what it shows."""
    host, brand, problem = proofs.host(request), request.brand.code, ""
    if request.method == "POST":
        state = request.session.pop(proofs.STATE_KEY, None) or {}
        try:
            answer = json.loads(request.POST.get("answer") or "{}")
            credential = passkeys.take_new(host=host, brand=brand, state=state, answer=answer)
            name = naming.device_line(request.headers.get("User-Agent", ""))
            actions.add_passkey(customer, credential=credential, name=name)
        except (passkeys.PasskeyRefused, actions.FactorRefused, ValueError):
            problem = _("没有通过验证，请再试一次。")
        else:
            return _added(request, customer, _("通行密钥已添加。"))
    options, request.session[proofs.STATE_KEY] = passkeys.ask_for_new(
        host=host,
        brand=brand,
        user=customer.user_id.bytes,
        account=customer.number,
        known=queries.passkeys(customer.user_id),
    )
    context = frame(customer, "security", options=json.dumps(options), problem=problem)
    return render(request, "safety/add_passkey.html", context, status=422 if problem else 200)


def _added(request: BrandRequest, customer: Customer, said: str) -> HttpResponse:
    """On to the list; the first strong factor brings recovery codes along."""
    messages.success(request, said)
    held = {one.kind for one in queries.factors(customer.user_id)}
    if FactorKind.RECOVERY not in held:
        return _show_codes(request, customer)
    return redirect("safety_factors")


@never_cache
@require_POST
@signed_in
@stepped_up
def recovery(request: BrandRequest, customer: Customer) -> HttpResponse:
    """New recovery codes, shown this once."""
    if not queries.has_second_factor(customer.user_id):
        raise Http404
    return _show_codes(request, customer)


def _show_codes(request: BrandRequest, customer: Customer) -> HttpResponse:
    codes = actions.make_recovery_codes(customer)
    context = frame(customer, "security", codes=codes, back=reverse("safety_factors"))
    return render(request, "safety/recovery.html", context)


@require_POST
@signed_in
@stepped_up
def remove(request: BrandRequest, customer: Customer) -> HttpResponse:
    """Take a factor away."""
    factor = access.own_factor(customer, request.POST.get("factor", ""))
    actions.remove(customer, factor)
    messages.success(request, _("验证方式已移除。"))
    return redirect("safety_factors")
