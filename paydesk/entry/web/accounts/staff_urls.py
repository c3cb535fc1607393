"""Addresses of the staff's account pages, which customers have as well. Staff don't register."""

from django.urls import URLPattern, path, re_path

from paydesk.entry.web.accounts import views

urlpatterns: list[URLPattern] = [
    path("sign-in/", views.SignInView.as_view(), name="account_login"),
    path("sign-out/", views.SignOutView.as_view(), name="account_logout"),
    path("locked/", views.LockedView.as_view(), name="account_locked"),
    path("closed/", views.ClosedView.as_view(), name="account_inactive"),
    path("password/", views.ChangePasswordView.as_view(), name="account_change_password"),
    path("password/changed/", views.password_changed, name="account_password_changed"),
    path("password/forgotten/", views.ForgottenView.as_view(), name="account_reset_password"),
    path(
        "password/forgotten/sent/",
        views.ForgottenSentView.as_view(),
        name="account_reset_password_done",
    ),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.NewPasswordView.as_view(),
        name="account_reset_password_from_key",
    ),
    path(
        "password/new/done/",
        views.NewPasswordDoneView.as_view(),
        name="account_reset_password_from_key_done",
    ),
]
