"""Addresses of the wallet pages, and the brand's own site page."""

from django.urls import path

from paydesk.entry.web.support import site
from paydesk.entry.web.wallet import activity, asked, limits, topup, transfer, views

urlpatterns = [
    path("", views.home, name="wallet_home"),
    path("topup/", topup.topup, name="wallet_topup"),
    path("transfer/", transfer.transfer, name="wallet_transfer"),
    path("limits/", limits.limits_page, name="wallet_limits"),
    path("asked/<str:key>/", asked.asked, name="wallet_asked"),
    path("activity/", activity.activity, name="wallet_activity"),
    path("activity/<str:number>/", activity.payment, name="wallet_payment"),
    path("activity/<str:number>/retry/", activity.retry, name="wallet_retry"),
    path("security/", views.security, name="wallet_security"),
    path("security/language/", views.message_language, name="wallet_message_language"),
    path("security/freeze/", views.freeze, name="wallet_freeze"),
    path("help/", views.help_page, name="wallet_help"),
    path("site/", site.site, name="site"),
]
