"""What people type on the account pages: parsed and checked here, carried out by actions.

Built on allauth's forms; whoever is meant is found through the bridge, inside this door.
"""

from typing import Any
from uuid import UUID

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows import password_reset
from allauth.account.internal.flows.signup import prevent_enumeration
from allauth.core import context
from django import forms
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from paydesk.brands import profiles
from paydesk.entry.web.phones import phone_hint
from paydesk.people import actions, allauth_bridge, naming, queries
from paydesk.people.models import Realm, User

VERIFYING_KEY = "verifying_email"
STAFF_SESSION = 12 * 3600  # a shift, and no longer
MAX_IDENTIFIER = 254


def _input(kind: str, autocomplete: str, **attributes: str) -> forms.TextInput:
    """A text input without placeholder: the label says what belongs there."""
    return forms.TextInput(attrs={"type": kind, "autocomplete": autocomplete, **attributes})


def _password_input(autocomplete: str, **attributes: str) -> forms.PasswordInput:
    return forms.PasswordInput(
        attrs={"autocomplete": autocomplete, "data-password": "", **attributes}
    )


def _new_password_field(label: Any) -> forms.CharField:
    # A strength meter reads the attribute; the validators decide.
    widget = _password_input("new-password", **{"data-strength": ""})
    hint = _("至少 8 个字符，不要只用数字，也不要用常见密码。")
    return forms.CharField(label=label, strip=False, widget=widget, help_text=hint)


class SignInForm(allauth.LoginForm):  # type: ignore[misc]  # allauth is untyped
    """E-mail, phone or customer number, and the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_staff = str(getattr(self.request, "realm", "")) == Realm.STAFF
        self.fields["login"] = forms.CharField(
            label=_("工作邮箱") if self.is_staff else _("邮箱、手机号或客户号"),
            max_length=MAX_IDENTIFIER,
            widget=_input("text", "username", autocapitalize="none", spellcheck="false"),
        )
        self.fields["password"] = forms.CharField(
            label=_("密码"), strip=False, widget=_password_input("current-password")
        )

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        response: HttpResponse = super().login(request, redirect_url=redirect_url)
        if self.is_staff:
            request.session.set_expiry(STAFF_SESSION)
        return response


class RegisterForm(allauth.SignupForm):  # type: ignore[misc]  # allauth is untyped
    """Name, e-mail, phone, password. What is already registered is never told on the page."""

    field_order = ["name", "email", "phone", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(
            label=_("姓名"), max_length=80, widget=_input("text", "name")
        )
        self.fields["email"] = forms.EmailField(
            label=_("邮箱"), max_length=MAX_IDENTIFIER, widget=_input("email", "email")
        )
        brand = allauth_bridge.door_of(context.request).brand
        self.fields["phone"] = forms.CharField(
            label=_("手机号"),
            max_length=30,
            widget=_input("tel", "tel"),
            help_text=phone_hint(profiles.get(brand)),
        )
        self.fields["password1"] = _new_password_field(_("密码"))
        self.order_fields(self.field_order)

    def clean_name(self) -> str:
        name = naming.normal_name(self.cleaned_data["name"])
        if not naming.is_name(name):
            raise forms.ValidationError(_("请填写姓名。"))
        return name

    def clean_phone(self) -> str:
        brand = allauth_bridge.door_of(context.request).brand
        phone = queries.normal_phone(brand, self.cleaned_data["phone"])
        if phone is None:
            raise forms.ValidationError(_("请填写有效的手机号，其他地区请加国家代码。"))
        return phone

    def validate_unique_email(self, value: str) -> str:
        """Nothing here: whether it is taken is found with the phone, in `clean`."""
        return value

    def clean(self) -> dict[str, Any]:
        super().clean()
        email, phone = self.cleaned_data.get("email"), self.cleaned_data.get("phone")
        if email and phone:
            brand = allauth_bridge.door_of(context.request).brand
            self.account_already_exists = queries.is_taken(brand, email=email, phone=phone)
        return dict(self.cleaned_data)

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Register, or answer just the same and let the mail say that there is an account."""
        data = self.cleaned_data
        request.session[VERIFYING_KEY] = data["email"]
        if self.account_already_exists:
            make_password(data["password1"])  # costs what registering costs
            return None, prevent_enumeration(request, email=data["email"])
        try:
            customer = actions.register_customer(
                brand=allauth_bridge.door_of(request).brand,
                name=data["name"],
                email=data["email"],
                phone=data["phone"],
                password=data["password1"],
                lang=get_language() or "zh-hans",
            )
        except actions.AlreadyRegistered:  # somebody was faster
            return None, prevent_enumeration(request, email=data["email"])
        return customer.user, None


class ForgottenForm(allauth.ResetPasswordForm):  # type: ignore[misc]  # allauth is untyped
    """The e-mail address to which a link for a new password goes, if it has an account."""

    email = forms.EmailField(
        label=_("邮箱"), max_length=MAX_IDENTIFIER, widget=_input("email", "email")
    )

    def clean_email(self) -> str:
        email = naming.normal_email(self.cleaned_data["email"])
        user = allauth_bridge.find(context.request, email)
        self.users = [user] if user and user.is_active else []
        return email

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email: str = self.cleaned_data["email"]
        if self.users:
            generator = allauth.default_token_generator
            password_reset.request_password_reset(request, email, self.users, generator)
        else:
            allauth_bridge.send_to_stranger(request, "people/no_account", email)
        return email


class ResetLinkForm(allauth.UserTokenForm):  # type: ignore[misc]  # allauth is untyped
    """The two halves of a mailed link; the user must belong to this door."""

    def _get_user(self, uidb36: str) -> User | None:
        try:
            return allauth_bridge.user_of_door(context.request, UUID(uidb36))
        except ValueError:
            return None


class NewPasswordForm(allauth.ResetPasswordKeyForm):  # type: ignore[misc]  # allauth is untyped
    """A new password, after a mailed link: which proves the address at the same time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]  # it can be shown instead of typed twice
        self.fields["password1"] = _new_password_field(_("新密码"))

    def clean_password1(self) -> str:
        return str(get_adapter().clean_password(self.cleaned_data["password1"], user=self.user))

    def save(self) -> None:
        super().save()
        actions.prove_email(self.user)


class ChangePasswordForm(allauth.ChangePasswordForm):  # type: ignore[misc]  # allauth is untyped
    """The present password and a new one, by somebody signed in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        self.fields["oldpassword"] = forms.CharField(
            label=_("当前密码"), strip=False, widget=_password_input("current-password")
        )
        self.fields["password1"] = _new_password_field(_("新密码"))

    def clean_password1(self) -> str:
        return str(get_adapter().clean_password(self.cleaned_data["password1"], user=self.user))
