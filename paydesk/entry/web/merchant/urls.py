"""Addresses of the merchant's portal."""

from django.urls import path

from paydesk.entry.web.merchant import keys, money, start, webhooks

urlpatterns = [
    path("", start.home, name="merchant_home"),
    path("apply/", start.apply, name="merchant_apply"),
    path("<str:number>/", start.overview, name="merchant_overview"),
    path("<str:number>/payments/", money.payments, name="merchant_payments"),
    path("<str:number>/payments/<str:payment_number>/", money.payment, name="merchant_payment"),
    path("<str:number>/orders/", money.orders, name="merchant_orders"),
    path("<str:number>/orders/<uuid:order_id>/", money.order, name="merchant_order"),
    path("<str:number>/keys/", keys.keys, name="merchant_keys"),
    path("<str:number>/keys/<uuid:key_id>/", keys.change, name="merchant_key_change"),
    path("<str:number>/webhooks/", webhooks.webhooks, name="merchant_webhooks"),
    path(
        "<str:number>/webhooks/<uuid:endpoint_id>/", webhooks.change, name="merchant_webhook_change"
    ),
    path("<str:number>/log/<uuid:delivery_id>/", webhooks.delivery, name="merchant_delivery"),
    path("<str:number>/log/<uuid:delivery_id>/replay/", webhooks.replay, name="merchant_replay"),
    path("<str:number>/settings/", start.settings, name="merchant_settings"),
]
