"""Addresses of the staff: below /desk/ in the demo, at the staff's own host otherwise."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("paydesk.entry.web.accounts.staff_urls")),
    path("merchants/", include("paydesk.entry.web.merchant.staff_urls")),
    path("operations/", include("paydesk.entry.web.operations.urls")),
    path("refunds/", include("paydesk.entry.web.refunds.staff_urls")),
    path("", include("paydesk.entry.web.desk.urls")),
]

handler400 = "paydesk.entry.web.trouble.bad_request"
handler500 = "paydesk.entry.web.trouble.server_error"
