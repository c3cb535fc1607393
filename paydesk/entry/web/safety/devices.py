"""The devices that somebody signed in with: names, last use, signing out."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.wallet.frame import frame, signed_in
from paydesk.people import access, queries
from paydesk.people.actions import devices as actions
from paydesk.people.browsers import device_token
from paydesk.people.models import Customer


@signed_in
def devices(request: BrandRequest, customer: Customer) -> HttpResponse:
    """The list, this device first."""
    here = access.device_of(request)
    found = queries.devices(customer.user_id)
    context = frame(
        customer,
        "security",
        here=here,
        others=[one for one in found if here is None or one.id != here.id],
        sign_ins=queries.last_sign_ins(customer.user_id, limit=20),
    )
    return render(request, "safety/devices.html", context)


@require_POST
@signed_in
def change(request: BrandRequest, customer: Customer) -> HttpResponse:
    """Rename or sign out one device, or sign out all others."""
    step = request.POST.get("step")
    if step == "others":
        actions.sign_out_others(customer, keep=device_token(request))
        update_session_auth_hash(request, customer.user)
        messages.success(request, _("其他设备已全部退出。"))
        return redirect("safety_devices")
    device = access.own_device(customer, request.POST.get("device", ""))
    if step == "sign_out":
        actions.sign_out(customer, device)
        messages.success(request, _("这台设备已退出登录。"))
    elif step == "rename":
        try:
            actions.rename(device, request.POST.get("name", ""))
        except ValueError:
            messages.error(request, _("请填写设备名称。"))
    return redirect("safety_devices")
