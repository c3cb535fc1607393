"""The account pages of both realms: register, sign in and out, verify, reset, unlock.

allauth's views with our templates. Every change of the database within one submission is one
transaction; attempts are counted before it, so that a refusal stays counted.
"""

from typing import Any

from allauth.account import views as allauth
from allauth.account.models import EmailConfirmationHMAC
from allauth.core import ratelimit
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from paydesk.entry.web.accounts.forms import VERIFYING_KEY
from paydesk.kit import clock
from paydesk.kit.actors import Actor, ActorKind
from paydesk.people import access, actions, allauth_bridge, queries
from paydesk.people.models import Restriction, RestrictionKind

atomic_post = method_decorator(transaction.atomic, name="form_valid")


class SignInView(allauth.LoginView):  # type: ignore[misc]  # allauth is untyped
    template_name = "accounts/sign_in.html"


@atomic_post
class RegisterView(allauth.SignupView):  # type: ignore[misc]  # allauth is untyped
    template_name = "accounts/register.html"


class CheckMailView(allauth.EmailVerificationSentView):  # type: ignore[misc]  # allauth is untyped
    """The same page whether the address was new, known, or not yet verified at sign-in."""

    template_name = "accounts/check_mail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        email = self.request.session.get(VERIFYING_KEY, "")
        return {**super().get_context_data(**kwargs), "email": email}


@method_decorator(never_cache, name="dispatch")
class VerifyEmailView(allauth.ConfirmEmailView):  # type: ignore[misc]  # allauth is untyped
    """Asks for a click before it verifies: mail scanners open links, people press buttons."""

    template_name = "accounts/verify.html"

    def get_object(self, queryset: Any = None) -> EmailConfirmationHMAC:
        confirmation = allauth_bridge.confirmation_of_door(self.request, self.kwargs["key"])
        if confirmation is None:
            raise Http404
        return confirmation

    @transaction.atomic
    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response: HttpResponse = super().post(*args, **kwargs)
        except Http404:
            self.object = None
            response = self.render_to_response(self.get_context_data(), status=404)
        return response


@atomic_post
class ForgottenView(allauth.PasswordResetView):  # type: ignore[misc]  # allauth is untyped
    template_name = "accounts/forgotten.html"


class ForgottenSentView(allauth.PasswordResetDoneView):  # type: ignore[misc]  # allauth is untyped
    template_name = "accounts/forgotten_sent.html"


@atomic_post
@method_decorator(never_cache, name="dispatch")
class NewPasswordView(allauth.PasswordResetFromKeyView):  # type: ignore[misc]  # allauth is untyped
    template_name = "accounts/new_password.html"


class NewPasswordDoneView(
    allauth.PasswordResetFromKeyDoneView  # type: ignore[misc]  # allauth is untyped
):
    template_name = "accounts/new_password_done.html"


@atomic_post
class ChangePasswordView(allauth.PasswordChangeView):  # type: ignore[misc]  # allauth is untyped
    template_name = "accounts/change_password.html"


class SignOutView(allauth.LogoutView):  # type: ignore[misc]  # allauth is untyped
    template_name = "accounts/sign_out.html"


class ClosedView(allauth.AccountInactiveView):  # type: ignore[misc]  # allauth is untyped
    template_name = "accounts/closed.html"


def verified(request: HttpRequest) -> HttpResponse:
    """The address is verified, in another browser than the one that registered."""
    return render(request, "accounts/verified.html")


def password_changed(request: HttpRequest) -> HttpResponse:
    """The password is changed; this session goes on, the others are over."""
    return render(request, "accounts/password_changed.html")


@method_decorator(never_cache, name="dispatch")
class LockedView(View):
    """Why one can't sign in just now. Only after a right password, so that it tells no guesser."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user_id = request.session.get(allauth_bridge.LOCKED_KEY)
        self.user = allauth_bridge.user_of_door(request, user_id) if user_id else None
        self.lock = queries.sign_in_lock(self.user) if self.user else None
        if self.user is None or self.lock is None:
            return redirect("account_login")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Mail the link to unlock once more."""
        assert self.user is not None
        if not ratelimit.consume(request, action="unlock_mail", key=str(self.user.id)):
            return self._page(request, too_often=True)
        allauth_bridge.send_unlock_link(request, self.user)
        return self._page(request, sent=True)

    def _page(self, request: HttpRequest, **state: bool) -> HttpResponse:
        return render(request, "accounts/locked.html", {"lock": self.lock, **state})


@method_decorator(never_cache, name="dispatch")
class UnlockView(View):
    """The mailed link that ends one lock: a page with a button, as for verifying."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        lock = self._lock(request, token)
        return self._page(request, lock=lock, status=200 if lock else 404)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        lock = self._lock(request, token)
        if lock is None:
            return self._page(request, lock=None, status=404)
        actor = Actor(ActorKind.CUSTOMER, lock.customer_id, lock.brand)
        actions.unlock(lock.customer, actor=actor)
        request.session.pop(allauth_bridge.LOCKED_KEY, None)
        return self._page(request, lock=lock, done=True)

    def _lock(self, request: HttpRequest, token: str) -> Restriction | None:
        restriction_id = allauth_bridge.restriction_id_of(token)
        if restriction_id is None:
            return None
        found = access.restriction_of(allauth_bridge.door_of(request).brand, restriction_id)
        if found is None or found.kind != RestrictionKind.PASSWORD or found.lifted_at:
            return None
        return found if found.until is None or found.until > clock.now() else None

    def _page(
        self,
        request: HttpRequest,
        *,
        lock: Restriction | None,
        done: bool = False,
        status: int = 200,
    ) -> HttpResponse:
        return render(request, "accounts/unlock.html", {"lock": lock, "done": done}, status=status)
