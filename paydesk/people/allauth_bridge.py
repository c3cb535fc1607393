"""The one place for allauth's hooks: sign-in inside a brand, its mail, its locks, its counts.

allauth's own look-ups by e-mail, phone or username know no brand. None of them is reached: people
are found by `find`, which takes the door that the request came in by, and allauth is only ever
handed the user. A test runs every flow with allauth's look-ups set to explode.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.core import context
from allauth.core.internal import ratelimit
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import get_script_prefix, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from paydesk.kit.actors import Actor, ActorKind
from paydesk.notifications import actions as notifications
from paydesk.notifications.models import ToKind
from paydesk.people import actions, queries, telling
from paydesk.people.access import user_belongs
from paydesk.people.actions import devices
from paydesk.people.browsers import device_of, device_token, token_digest
from paydesk.people.models import Realm, Restriction, RestrictionKind, User
from paydesk.people.open_pages import sessions_changed

LOCKED_KEY = "locked_user"
UNLOCK_SALT = "paydesk.people.unlock"
UNLOCK_LASTS = 24 * 3600
MAILS = {
    "account/email/email_confirmation": "people/verify",
    "account/email/email_confirmation_signup": "people/verify",
    "account/email/account_already_exists": "people/already_registered",
    "account/email/unknown_account": "people/no_account",
    "account/email/password_reset_key": "people/reset",
}
LINKS = ("activate_url", "password_reset_url")  # the one that opens something in each mail


@dataclass(frozen=True, slots=True)
class Door:
    """The realm and brand ("" for staff) that a request came in by."""

    realm: str
    brand: str


def door_of(request: HttpRequest | None) -> Door:
    """The door of a request. Raises PermissionDenied where there is none to sign in at."""
    realm = str(getattr(request, "realm", ""))
    if realm not in Realm.values:
        raise PermissionDenied("no sign-in here")
    brand = getattr(request, "brand", None)
    return Door(realm, brand.code if brand else "")


def find(request: HttpRequest | None, text: str) -> User | None:
    """The user of this door with that e-mail, phone or customer number."""
    door = door_of(request)
    return queries.find_user(door.realm, door.brand, text)


def user_of_door(request: HttpRequest | None, user_id: UUID) -> User | None:
    """The user with that id if this is their door."""
    door = door_of(request)
    user = User.objects.filter(id=user_id).first()
    return user if user and user_belongs(user, door.realm, door.brand) else None


def confirmation_of_door(request: HttpRequest, key: str) -> EmailConfirmationHMAC | None:
    """The e-mail confirmation that a mailed key stands for, at its own door only."""
    confirmation = EmailConfirmationHMAC.from_key(key)
    if confirmation and user_of_door(request, confirmation.email_address.user_id):
        return confirmation
    return None


def count_key(key: str, key_prefix: str, version: int) -> str:
    """The database cache's key: what allauth counts is counted for one door, never across."""
    try:
        door = door_of(context.request)
    except PermissionDenied:
        return f"{key_prefix}:{version}:{key}"
    return f"{key_prefix}:{version}:{door.realm}.{door.brand}:{key}"


def unlock_token(restriction: Restriction) -> str:
    """A signed text that ends this one lock, for a day at most."""
    return signing.dumps(str(restriction.id), salt=UNLOCK_SALT)


def restriction_id_of(token: str) -> UUID | None:
    """The lock that a token was made for; None for a forged or lapsed one."""
    try:
        return UUID(signing.loads(token, salt=UNLOCK_SALT, max_age=UNLOCK_LASTS))
    except (signing.BadSignature, ValueError):
        return None


def unlock_link(restriction: Restriction) -> str:
    """The address, at the door of the present request, that ends this lock."""
    path = reverse("account_unlock", args=[unlock_token(restriction)])
    return str(context.request.build_absolute_uri(path))


class DoorBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth is untyped
    """Checks a password for the user whom the typed text means at this door, and counts misses.

    For an unknown text the parent hashes the password all the same, so that a miss costs as much
    as a hit.
    """

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        user = find(request, str(credentials.get("username", "")))
        if user is None:
            return None
        self._did_check_password = True
        if not user.check_password(credentials["password"]):
            devices.count_wrong_password(user, device_token(request))
            actions.count_wrong_password(user, unlock_link=unlock_link)
            return None
        if not self.user_can_authenticate(user):
            self._stash_user(user)  # allauth shows the "closed" page instead of "wrong password"
            return None
        return user


class DoorAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """allauth's decisions and side effects, made ours."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("账号或密码不正确。"),
        "invalid_login": _("账号或密码不正确。"),
        "too_many_login_attempts": _("尝试次数太多，请稍后再试。"),
        "rate_limited": _("操作太频繁，请稍后再试。"),
        "invalid_password_reset": _("链接无效或已过期。"),
        "enter_current_password": _("当前密码不正确。"),
        "incorrect_password": _("密码不正确。"),
    }

    def get_login_stages(self) -> list[str]:
        return [
            "allauth.account.stages.EmailVerificationStage",
            "paydesk.people.login_stages.SecondFactorStage",
        ]

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Counted for whoever is meant: one person's number can be written in endless ways. A
        device of their own is counted apart, so that no stranger uses up their tries."""
        typed = str(credentials.get("username") or credentials.get("email") or "")
        meant = find(request, typed)
        if meant is None:
            return typed.strip().lower()
        own = queries.device(meant.id, token_digest(request))
        return f"{meant.id}.{own.id}" if own else str(meant.id)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Let one source try one account a few times a day only: it could lock it for ever."""
        meant = self._get_login_attempts_cache_key(request, **credentials)
        source = f"{meant}@{self.get_client_ip(request)}"
        self._source = ratelimit.consume(
            request, app="allauth.account", action="login_source", key=source
        )
        if not self._source:
            raise self.validation_error("too_many_login_attempts")
        super().pre_authenticate(request, **credentials)

    def _rollback_login_failed_rl_usage(self) -> None:
        super()._rollback_login_failed_rl_usage()
        if self._source:
            self._source.rollback()

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """After a right password: say why the account is locked, instead of letting in."""
        if (lock := queries.sign_in_lock(user)) and not self._passes(request, user, lock):
            request.session[LOCKED_KEY] = str(user.id)
            return HttpResponseRedirect(reverse("account_locked"))
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return response

    def _passes(self, request: HttpRequest, user: User, lock: queries.SignInLock) -> bool:
        """A lock for wrong passwords keeps strangers out, not a customer on a device of their
        own; unless it was that device that the wrong ones came from."""
        if lock.kind != RestrictionKind.PASSWORD or user.realm != Realm.CUSTOMER:
            return False
        own = queries.device(user.id, token_digest(request))
        return own is not None and own.signed_out_at is None and own.wrong_passwords == 0

    def login(self, request: HttpRequest, user: User) -> None:
        """Open the session under a new key and note the sign-in and its device."""
        super().login(request, user)
        request.session.pop(LOCKED_KEY, None)
        device, address = device_of(request), self.get_client_ip(request)
        actions.record_sign_in(user, device=device, address=address)
        devices.note_device(
            user,
            token=device_token(request),
            name=device,
            address=address,
            session_key=str(request.session.session_key or ""),
        )

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        actions.prove_email(email_address.user)
        email_address.verified = True
        return True

    def set_password(self, user: User, password: str) -> None:
        actions.change_password(user, password, device=device_of(self.request))

    def logout(self, request: HttpRequest) -> None:
        user = request.user
        super().logout(request)
        if isinstance(user, User):
            sessions_changed(user)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return get_script_prefix()

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return get_script_prefix()

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_login")

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        return reverse("account_verified")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_password_changed")

    def is_safe_url(self, url: str) -> bool:
        """Only addresses behind this very door are gone to after signing in."""
        return bool(super().is_safe_url(url)) and url.startswith(get_script_prefix())

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: the pages say themselves what happened, in the reader's language."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue one of allauth's mails as a message of ours."""
        request = self.request
        door, user = door_of(request), context.get("user")
        link = next((context[key] for key in LINKS if user and key in context), None)
        with transaction.atomic():
            if user:
                telling.mail(
                    user,
                    MAILS[template_prefix],
                    actor=Actor(ActorKind.SYSTEM, None, door.brand),
                    secrets={"link": link} if link else None,
                    lang=get_language(),
                )
                return
            send_to_stranger(request, MAILS[template_prefix], email)


def send_to_stranger(request: HttpRequest, template: str, email: str) -> None:
    """Queue a mail to an address that has no account at this door (or must not be told)."""
    door = door_of(request)
    params: Mapping[str, Any] = {
        "sign_in_url": request.build_absolute_uri(reverse("account_login")),
        "reset_url": request.build_absolute_uri(reverse("account_reset_password")),
    }
    with transaction.atomic():
        notifications.send(
            brand=door.brand,
            to_kind=ToKind.MAIL,
            to_address=email,
            user=None,
            template=template,
            lang=get_language() or "zh-hans",
            params=params,
            actor=Actor(ActorKind.SYSTEM, None, door.brand),
        )


@transaction.atomic
def send_unlock_link(request: HttpRequest, user: User) -> None:
    """Mail the link that ends the present lock once more; nothing where there is no lock."""
    lock = queries.sign_in_lock(user)
    if lock is None or lock.restriction_id is None or lock.kind != RestrictionKind.PASSWORD:
        return
    restriction = queries.restriction(user.brand, lock.restriction_id)
    if restriction is not None:
        telling.mail(
            user,
            "people/unlock_link",
            actor=Actor(ActorKind.SYSTEM, None, user.brand),
            secrets={"link": unlock_link(restriction)},
            lang=get_language(),
        )
