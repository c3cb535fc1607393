"""The ways in which somebody can prove themselves once more, and whether an answer proves it.

Used by the second step of signing in and by the step-up in a session. A code by SMS or mail is
offered only to whoever has nothing stronger: otherwise it would be the weakest door.
"""

import json
from dataclasses import dataclass
from typing import Any

from allauth.core import ratelimit
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from paydesk.people import passkeys, queries
from paydesk.people.actions import codes, factors
from paydesk.people.actions.codes import CodeRefused
from paydesk.people.models import CodePurpose, FactorKind, User

STATE_KEY = "passkey_state"
CODE = "code"


@dataclass(frozen=True, slots=True)
class Proof:
    """One way to prove oneself: its code, its words, an icon."""

    code: str
    label: str
    icon: str


def ways(user: User) -> list[Proof]:
    """The ways this user has, the best first."""
    held = {one.kind for one in queries.factors(user.id)}
    known = [
        Proof(FactorKind.PASSKEY, _("通行密钥"), "fingerprint-pattern"),
        Proof(FactorKind.TOTP, _("验证器应用"), "smartphone"),
        Proof(FactorKind.RECOVERY, _("恢复码"), "life-buoy"),
    ]
    found = [one for one in known if one.code in held]
    if queries.has_second_factor(user.id):
        return found
    by_sms = bool(user.phone and user.phone_proved_at)
    label = _("短信验证码") if by_sms else _("邮件验证码")
    return [Proof(CODE, label, "message-square" if by_sms else "mail")]


def send_code(user: User) -> str:
    """Send a code; answers what went wrong, in words, or nothing."""
    to_kind, address = codes.sms_or_mail(user)
    try:
        codes.send_code(user, CodePurpose.STEP_UP, to_kind=to_kind, to_address=address)
    except CodeRefused as refused:
        return fault(refused)
    return ""


def prove(request: HttpRequest, user: User, way: str, typed: str) -> str:
    """Check an answer; answers what is wrong with it, in words, or nothing when it is right."""
    if way not in {one.code for one in ways(user)}:
        return _("请选择一种验证方式。")
    if not ratelimit.consume(request, action="second_factor", key=str(user.id)):
        return _("尝试次数太多，请稍后再试。")
    try:
        if way == CODE:
            codes.take_code(user, CodePurpose.STEP_UP, typed)
            return ""
    except CodeRefused as refused:
        return fault(refused)
    if way == FactorKind.PASSKEY:
        return _by_passkey(request, user, typed)
    right = (
        factors.prove_by_app(user, typed)
        if way == FactorKind.TOTP
        else factors.prove_by_recovery(user, typed)
    )
    return "" if right else _("验证码不正确，或已经用过。")


def passkey_options(request: HttpRequest, user: User) -> str:
    """What the browser needs to prove a passkey, as JSON; what to expect is kept in the session."""
    options, state = passkeys.ask_for_proof(
        host=host(request), brand=_brand(request), known=queries.passkeys(user.id)
    )
    request.session[STATE_KEY] = state
    return json.dumps(options)


def _by_passkey(request: HttpRequest, user: User, typed: str) -> str:
    state = request.session.pop(STATE_KEY, None)
    try:
        used = passkeys.proved(
            host=host(request),
            brand=_brand(request),
            state=state or {},
            answer=_json(typed),
            known=queries.passkeys(user.id),
        )
    except passkeys.PasskeyRefused:
        return _("没有通过验证，请再试一次。")
    with transaction.atomic():
        factors.note_passkey_used(user, used)
    return ""


def _json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def host(request: HttpRequest) -> str:
    """The name that passkeys are bound to."""
    return request.get_host().rpartition(":")[0] or request.get_host()


def _brand(request: HttpRequest) -> str:
    brand = getattr(request, "brand", None)
    return brand.code if brand else "Paydesk"


def fault(refused: CodeRefused) -> str:
    """Why a code was not sent or not taken, in words."""
    return {
        codes.CodeFault.WRONG: _("验证码不正确。"),
        codes.CodeFault.LAPSED: _("验证码已失效，请重新获取。"),
        codes.CodeFault.TOO_MANY: _("尝试次数太多，请稍后重新获取验证码。"),
        codes.CodeFault.TOO_SOON: _("刚刚发送过，请一分钟后再试。"),
    }[refused.fault]


def shown_address(user: User) -> str:
    """Where a code goes, as much of it as its owner needs to recognise it."""
    _kind, address = codes.sms_or_mail(user)
    if "@" in address:
        name, _at, domain = address.partition("@")
        return f"{name[:2]}***@{domain}"
    return f"{address[:3]} **** {address[-4:]}"
