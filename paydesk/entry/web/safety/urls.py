"""Addresses of the safety pages."""

from django.urls import path

from paydesk.entry.web.safety import devices, factors, identity, phone, stepping

urlpatterns = [
    path("proof/", stepping.step_up, name="safety_step_up"),
    path("factors/", factors.factors, name="safety_factors"),
    path("factors/app/", factors.add_app, name="safety_add_app"),
    path("factors/passkey/", factors.add_passkey, name="safety_add_passkey"),
    path("factors/recovery/", factors.recovery, name="safety_recovery"),
    path("factors/remove/", factors.remove, name="safety_remove"),
    path("devices/", devices.devices, name="safety_devices"),
    path("devices/change/", devices.change, name="safety_change_device"),
    path("phone/", phone.phone, name="safety_phone"),
    path("identity/", identity.identity, name="safety_identity"),
    path("unfreeze/", identity.unfreeze, name="safety_unfreeze"),
]
