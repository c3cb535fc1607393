"""`paydesk staff add`: the way in for the first administrator, and for whoever comes after.

The password is asked for at the terminal (or read from a pipe, one line), never given as an
argument, where other users of the machine would see it. It shows and keeps no password.
"""

import argparse
import getpass
import sys

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from paydesk.brands import profiles
from paydesk.kit.actors import SYSTEM
from paydesk.kit.postgres.problems import say
from paydesk.people import actions
from paydesk.people.actions import AlreadyRegistered, NotUsable


def run(options: argparse.Namespace) -> int:
    """Add one member of staff with a role; answers 1, and changes nothing, when it can't."""
    known = [brand.code for brand in profiles.all()]
    brands = options.brand or known
    if unknown := sorted(set(brands) - set(known)):
        return _refuse(f"没有这个品牌：{unknown[0]}", f"there is no brand {unknown[0]}")
    password = None if options.no_password else _password()
    try:
        if password is not None:
            validate_password(password)
        _add(options, brands, password)
    except ValidationError as error:
        return _refuse("密码太弱：" + " ".join(error.messages), "weak password: " + str(error))
    except AlreadyRegistered:
        return _refuse("此邮箱已是客服账号", "this address belongs to a member of staff already")
    except NotUsable as error:
        return _refuse(f"无法使用：{error.field}", f"can't be used: {error.field}")
    sys.stdout.write(say("已添加。", "added.") + "\n")
    if password is None:
        way = "请本人在客服台登录页点“忘记密码”，链接会寄到此邮箱。"
        english = "they press “forgotten password” at the desk; the link goes to this address."
        sys.stdout.write(say(way, english) + "\n")
    return 0


@transaction.atomic
def _add(options: argparse.Namespace, brands: list[str], password: str | None) -> None:
    actor = SYSTEM(brands[0])
    staff = actions.create_staff(
        name=options.name, email=options.email, actor=actor, password=password
    )
    for brand in brands:
        actions.grant_role(staff, brand=brand, role=options.role, actor=SYSTEM(brand))


def _password() -> str:
    """Typed twice without an echo, or one line of a pipe."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    while True:
        typed = getpass.getpass(say("密码：", "password: "))
        if typed == getpass.getpass(say("再输入一次：", "once more: ")):
            return typed
        sys.stderr.write(say("两次输入不一致。", "these differ.") + "\n")


def _refuse(zh: str, en: str) -> int:
    sys.stderr.write(f"paydesk: {say(zh, en)}\n")
    return 1
