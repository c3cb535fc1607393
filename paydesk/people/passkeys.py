"""Passkeys (WebAuthn) by python-fido2: what the browser is asked, and whether its answer is right.

Keeps nothing: what must be remembered between asking and answering is handed back as a state.
The secret never leaves the customer's device; what is stored is public.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

State = dict[str, Any]


class PasskeyRefused(ValueError):
    """The browser's answer does not prove anything."""


def ask_for_new(
    *, host: str, brand: str, user: bytes, account: str, known: Sequence[str]
) -> tuple[dict[str, Any], State]:
    """What the browser needs to make a passkey, and the state to keep until it answers."""
    entity = PublicKeyCredentialUserEntity(id=user, name=account, display_name=account)
    options, state = _server(host, brand).register_begin(
        entity,
        credentials=[_credential(one) for one in known],
        resident_key_requirement=ResidentKeyRequirement.DISCOURAGED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return dict(options), dict(state)


def take_new(*, host: str, brand: str, state: State, answer: Mapping[str, Any]) -> str:
    """The credential to store, as text. Raises PasskeyRefused."""
    try:
        made = _server(host, brand).register_complete(state, answer)
    except (ValueError, KeyError, TypeError) as error:
        raise PasskeyRefused("registration") from error
    if made.credential_data is None:
        raise PasskeyRefused("no credential")
    return base64.urlsafe_b64encode(bytes(made.credential_data)).decode()


def ask_for_proof(*, host: str, brand: str, known: Sequence[str]) -> tuple[dict[str, Any], State]:
    """What the browser needs to prove one of the known passkeys, and the state to keep."""
    options, state = _server(host, brand).authenticate_begin(
        credentials=[_credential(one) for one in known],
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return dict(options), dict(state)


def proved(
    *, host: str, brand: str, state: State, answer: Mapping[str, Any], known: Sequence[str]
) -> str:
    """Which of the known credentials the answer proves. Raises PasskeyRefused."""
    credentials = {_credential(one).credential_id: one for one in known}
    try:
        found = _server(host, brand).authenticate_complete(
            state, [_credential(one) for one in known], answer
        )
    except Exception as error:  # the library raises its own and its crypto's kinds
        raise PasskeyRefused("authentication") from error
    return credentials[found.credential_id]


def _server(host: str, brand: str) -> Fido2Server:
    return Fido2Server(PublicKeyCredentialRpEntity(id=host, name=brand))


def _credential(stored: str) -> AttestedCredentialData:
    return AttestedCredentialData(base64.urlsafe_b64decode(stored))
