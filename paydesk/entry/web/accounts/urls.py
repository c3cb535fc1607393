"""Addresses of the customers' account pages. The names are allauth's: its flows reverse them."""

from django.urls import path

from paydesk.entry.web.accounts import views
from paydesk.entry.web.accounts.staff_urls import urlpatterns as common
from paydesk.entry.web.safety.stepping import second_factor

urlpatterns = [
    *common,
    path("register/", views.RegisterView.as_view(), name="account_signup"),
    path("check-mail/", views.CheckMailView.as_view(), name="account_email_verification_sent"),
    path("verify/<path:key>/", views.VerifyEmailView.as_view(), name="account_confirm_email"),
    path("verified/", views.verified, name="account_verified"),
    path("second-factor/", second_factor, name="account_second_factor"),
    path("unlock/<str:token>/", views.UnlockView.as_view(), name="account_unlock"),
]
