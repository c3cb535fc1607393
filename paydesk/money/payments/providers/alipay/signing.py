"""Alipay's RSA2 signatures over requests, answers and notifications. Sends nothing."""

import json
from collections.abc import Mapping
from typing import Any

from paydesk.money.payments.providers import rsa

SIGN_TYPE = "RSA2"


class BadAnswer(ValueError):
    """An answer that Alipay did not sign, or that can't be read."""


def content(fields: Mapping[str, str], leave_out: frozenset[str] = frozenset({"sign"})) -> bytes:
    """What is signed: the filled fields as key=value, sorted by key."""
    pairs = sorted((k, v) for k, v in fields.items() if v != "" and k not in leave_out)
    return "&".join(f"{key}={value}" for key, value in pairs).encode()


def sign(fields: Mapping[str, str], private_key: str) -> dict[str, str]:
    """A request's fields with their signature."""
    return {**fields, "sign": rsa.sign(rsa.private_key(private_key), content(fields))}


def notification_is_genuine(fields: Mapping[str, str], alipay_key: str) -> bool:
    """Whether Alipay signed a notification's fields."""
    if fields.get("sign_type") != SIGN_TYPE:
        return False
    signed = content(fields, frozenset({"sign", "sign_type"}))
    return rsa.verifies(rsa.public_key(alipay_key), signed, fields.get("sign", ""))


def open_answer(body: bytes, method: str, alipay_key: str) -> dict[str, Any]:
    """The signed part of an answer to `method`. Raises BadAnswer.

    Signed are the very bytes of the inner object, so it is cut out of the text as it came.
    """
    name = method.replace(".", "_") + "_response"
    try:
        text = body.decode("utf-8")
        whole = json.loads(text)
        inner = whole[name] if name in whole else whole["error_response"]
        signature = str(whole["sign"])
        start = text.index("{", text.index(f'"{name if name in whole else "error_response"}"'))
        _, end = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadAnswer("unreadable answer") from error
    if not rsa.verifies(rsa.public_key(alipay_key), text[start:end].encode(), signature):
        raise BadAnswer("not signed by Alipay")
    if not isinstance(inner, dict):
        raise BadAnswer("unreadable answer")
    return inner
