"""Addresses of the cashier pages."""

from django.urls import path

from paydesk.entry.web.cashier import orders, requests

urlpatterns = [
    path("requests/", requests.request_list, name="cashier_requests"),
    path("requests/<str:token>/", requests.request_page, name="cashier_request"),
    path("requests/<str:token>/answer/", requests.answer, name="cashier_answer"),
    path("requests/<str:token>/code.svg", requests.request_code, name="cashier_request_code"),
    path("<str:token>/", orders.order_page, name="cashier_order"),
    path("<str:token>/pay/", orders.pay, name="cashier_pay"),
    path("<str:token>/test/", orders.test_pay, name="cashier_test"),
    path("<str:token>/code.svg", orders.order_code, name="cashier_code"),
    path("<str:token>/done/<str:number>/", orders.result, name="cashier_result"),
]
