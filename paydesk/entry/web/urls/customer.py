"""Addresses of a brand's customers: below /<brand>/ in the demo, at the brand's host otherwise."""

from django.urls import include, path

from paydesk.entry.web import brandstyle, manifest

urlpatterns = [
    path("brand-<str:digest_asked>.css", brandstyle.brand_style, name="brand_style"),
    path("brand-<str:digest_asked>.svg", manifest.brand_mark, name="brand_mark"),
    path("app.webmanifest", manifest.web_manifest, name="manifest"),
    path("accounts/", include("paydesk.entry.web.accounts.urls")),
    path("support/", include("paydesk.entry.web.support.urls")),
    path("api/v1/", include("paydesk.entry.api.urls")),
    path("pay/", include("paydesk.entry.web.cashier.urls")),
    path("merchant/", include("paydesk.entry.web.merchant.urls")),
    path("methods/", include("paydesk.entry.web.methods.urls")),
    path("banking/", include("paydesk.entry.web.banking.urls")),
    path("exchange/", include("paydesk.entry.web.exchange.urls")),
    path("refunds/", include("paydesk.entry.web.refunds.urls")),
    path("records/", include("paydesk.entry.web.records.urls")),
    path("safety/", include("paydesk.entry.web.safety.urls")),
    path("", include("paydesk.entry.web.wallet.urls")),
]

handler400 = "paydesk.entry.web.trouble.bad_request"
handler500 = "paydesk.entry.web.trouble.server_error"
