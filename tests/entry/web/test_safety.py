"""Second factors, devices, phone and identity, as a customer meets them at the door."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from paydesk.kit import clock, vault
from paydesk.kit.actors import SYSTEM
from paydesk.notifications.models import DemoMail
from paydesk.people import actions, queries, totp
from paydesk.people.actions import factors, identity
from paydesk.people.models import Customer, Device, Factor, FactorKind, IdentityCheck, User
from tests.entry.web.doors import CHEN, delivered, register, sign_in, signed_in_as
from tests.factories import ClientOf, CustomerFactory, StaffFactory

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


@pytest.fixture(autouse=True)
def _demo() -> Iterator[None]:
    with override_settings(DEMO=True):
        yield


def last_code() -> str:
    """The newest code that was sent."""
    for kept in reversed(delivered()):
        found = re.search(r"\b(\d{6})\b", kept.text)
        if found:
            return found[1]
    raise AssertionError("no code was sent")


def step_up(client: Client, to: str = "") -> None:
    """Prove oneself by a code, as who has no second factor."""
    address = f"/topay/safety/proof/{to}"
    client.post(address, {"step": "send", "way": "code"})
    done = client.post(address, {"step": "prove", "way": "code", "code": last_code()})
    assert done.status_code in {200, 302}, done.content.decode()[:500]


def app_of(customer: Customer) -> str:
    """An authenticator app: its secret."""
    secret = factors.new_totp_secret()
    earlier = clock.now() - timedelta(minutes=2)
    with clock.travel(earlier):
        factors.add_totp(customer, secret=secret, typed=totp.code_at(secret, totp.step_of(earlier)))
    return secret


def test_an_app_is_stored_sealed_after_its_first_code(
    customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    customer = customer_factory()
    client = client_of(customer.user)
    assert client.get("/topay/safety/factors/app/").status_code == 302
    step_up(client, "?next=/topay/safety/factors/app/")
    page = client.get("/topay/safety/factors/app/")
    assert b"<svg" in page.content
    secret = page.context["secret"].replace(" ", "")
    wrong = client.post("/topay/safety/factors/app/", {"code": "000000"})
    assert wrong.status_code == 422
    assert not Factor.objects.exists()
    code = totp.code_at(secret, totp.step_of(clock.now()))
    shown = client.post("/topay/safety/factors/app/", {"code": code})
    assert len(shown.context["codes"]) == 10
    kept = Factor.objects.get(kind=FactorKind.TOTP)
    assert secret.encode() not in bytes(kept.sealed)
    assert vault.unseal(bytes(kept.sealed), f"factor:{kept.id}") == secret
    assert "people/factor_added" in {m.message.template for m in _mails()}


def _mails() -> list[DemoMail]:
    delivered()
    return list(DemoMail.objects.select_related("message"))


def test_signing_in_asks_for_the_app_after_the_password(
    client: Client, customer_factory: CustomerFactory
) -> None:
    customer = customer_factory()
    secret = app_of(customer)
    assert sign_in(client, customer.user.email).url == "/topay/accounts/second-factor/"  # type: ignore[attr-defined]
    assert signed_in_as(client) is None
    assert client.get("/topay/").status_code == 302
    wrong = client.post(
        "/topay/accounts/second-factor/", {"step": "prove", "way": "totp", "code": "12"}
    )
    assert wrong.status_code == 422
    code = totp.code_at(secret, totp.step_of(clock.now()))
    proof = {"step": "prove", "way": "totp", "code": code}
    assert client.post("/topay/accounts/second-factor/", proof).status_code == 302
    assert signed_in_as(client) == str(customer.user_id)
    # The same code is good for nobody a second time.
    other = Client()
    sign_in(other, customer.user.email)
    assert other.post("/topay/accounts/second-factor/", proof).status_code == 422
    assert signed_in_as(other) is None


def test_a_recovery_code_is_good_once(client: Client, customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    app_of(customer)
    first, *_rest = factors.make_recovery_codes(customer)
    for n in range(2):
        one = Client()
        sign_in(one, customer.user.email)
        proof = {"step": "prove", "way": "recovery", "code": f" {first.upper()} "}
        answer = one.post("/topay/accounts/second-factor/", proof)
        assert answer.status_code == (302 if n == 0 else 422)
    assert Factor.objects.get(kind=FactorKind.RECOVERY).public == {"left": 9}


def test_who_has_an_app_gets_no_weaker_proof_offered(
    customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    customer = customer_factory()
    app_of(customer)
    client = client_of(customer.user)
    client.post("/topay/safety/proof/", {"step": "send", "way": "code"})
    assert not DemoMail.objects.filter(to_kind="sms").exists()
    assert [one.code for one in client.get("/topay/safety/proof/").context["ways"]] == ["totp"]


def test_guessing_codes_comes_to_an_end(
    customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    customer = customer_factory()
    client = client_of(customer.user)
    client.post("/topay/safety/proof/", {"step": "send", "way": "code"})
    right = last_code()
    wrong = str((int(right) + 1) % 1_000_000).zfill(6)
    for _ in range(5):
        client.post("/topay/safety/proof/", {"step": "prove", "way": "code", "code": wrong})
    late = client.post("/topay/safety/proof/", {"step": "prove", "way": "code", "code": right})
    assert late.status_code == 422
    assert client.get("/topay/safety/factors/app/").status_code == 302


def test_a_number_is_nobodys_until_it_is_proved(client: Client, client_of: ClientOf) -> None:
    register(client)
    chen = User.objects.get(email=CHEN["email"])
    assert chen.phone == "+8613800138000"
    assert queries.find_customer("topay", "13800138000") is None
    assert not queries.is_taken("topay", email="x@example.com", phone=chen.phone)
    actions.prove_email(chen)
    mine = client_of(chen)
    mine.post("/topay/safety/phone/", {"step": "send", "phone": "13800138000"})
    [sms] = [one for one in delivered() if one.to_kind == "sms"]
    assert sms.to_address == "+8613800138000"
    done = mine.post("/topay/safety/phone/", {"step": "code", "code": last_code()})
    assert done.status_code == 302
    assert queries.find_customer("topay", "13800138000") == chen.customer
    assert queries.is_taken("topay", email="x@example.com", phone=chen.phone)


def test_a_proved_number_of_another_is_refused(
    customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    owner, other = customer_factory(), customer_factory(phone_proved=False)
    client = client_of(other.user)
    client.post("/topay/safety/phone/", {"step": "send", "phone": owner.user.phone})
    page = client.post("/topay/safety/phone/", {"step": "code", "code": last_code()})
    assert page.status_code == 422
    assert queries.find_customer("topay", str(owner.user.phone)) == owner


def test_replacing_a_number_needs_proof_and_cools_off(
    customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    customer = customer_factory()
    client = client_of(customer.user)
    assert client.get("/topay/safety/phone/").url.startswith("/topay/safety/proof/")  # type: ignore[attr-defined]
    step_up(client)
    client.post("/topay/safety/phone/", {"step": "send", "phone": "13900139000"})
    client.post("/topay/safety/phone/", {"step": "code", "code": last_code()})
    customer.user.refresh_from_db()
    assert customer.user.phone == "+8613900139000"
    assert customer.user.contact_changed_at is not None
    assert "people/phone_changed" in {m.message.template for m in _mails()}


def test_devices_are_known_again_told_and_signed_out(customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    phone, laptop = Client(), Client(headers={"user-agent": "Firefox Windows"})
    for one in (phone, laptop, phone):
        one.post("/topay/accounts/sign-out/")
        sign_in(one, customer.user.email)
    assert Device.objects.count() == 2
    mails = [one for one in _mails() if one.message.template == "people/new_device"]
    assert len(mails) == 1
    assert "Firefox · Windows" in mails[0].text
    assert phone.post("/topay/safety/devices/change/", {"step": "others"}).status_code == 302
    assert signed_in_as(laptop) is None
    assert signed_in_as(phone) == str(customer.user_id)
    page = phone.get("/topay/safety/devices/")
    assert page.context["here"].signed_out_at is None
    [other] = page.context["others"]
    assert other.signed_out_at


def test_one_device_can_be_signed_out(customer_factory: CustomerFactory) -> None:
    customer, stranger = customer_factory(), customer_factory()
    phone, laptop, theirs = Client(), Client(), Client()
    sign_in(phone, customer.user.email)
    sign_in(laptop, customer.user.email)
    sign_in(theirs, stranger.user.email)
    [other] = phone.get("/topay/safety/devices/").context["others"]
    change = {"step": "sign_out", "device": str(other.id)}
    assert theirs.post("/topay/safety/devices/change/", change).status_code == 403
    phone.post("/topay/safety/devices/change/", change)
    assert signed_in_as(laptop) is None
    assert signed_in_as(phone) == str(customer.user_id)


def test_strangers_lock_nobody_out_of_a_device_of_their_own(
    customer_factory: CustomerFactory,
) -> None:
    customer = customer_factory()
    mine, stranger = Client(), Client(REMOTE_ADDR="203.0.113.9")
    sign_in(mine, customer.user.email)
    mine.post("/topay/accounts/sign-out/")
    for _ in range(5):
        sign_in(stranger, customer.user.email, "wrong password 1")
    assert queries.sign_in_lock(customer.user) is not None
    assert sign_in(Client(), customer.user.email).url == "/topay/accounts/locked/"  # type: ignore[attr-defined]
    sign_in(mine, customer.user.email)
    assert signed_in_as(mine) == str(customer.user_id)


def test_one_source_has_few_tries_for_one_account(customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    for _ in range(10):
        sign_in(stranger, customer.user.email, "wrong password 1")
    actions.unlock(customer, actor=SYSTEM("topay"))
    assert sign_in(stranger, customer.user.email).status_code == 200
    assert signed_in_as(stranger) is None
    friend = Client(REMOTE_ADDR="198.51.100.7")
    sign_in(friend, customer.user.email)
    assert signed_in_as(friend) == str(customer.user_id)


def pictures(*sides: str) -> dict[str, SimpleUploadedFile]:
    return {side: SimpleUploadedFile(f"{side}.png", PNG, "image/png") for side in sides}


def test_documents_are_reviewed_and_raise_the_level(
    customer_factory: CustomerFactory, staff_factory: StaffFactory, client_of: ClientOf
) -> None:
    customer, agent = customer_factory(), staff_factory()
    client = client_of(customer.user)
    page = "/topay/safety/identity/"
    assert client.post(page, {"document": "passport"}).status_code == 422
    fake = {"front": SimpleUploadedFile("a.png", b"<html>", "image/png")} | pictures("face")
    assert client.post(page, {"document": "passport", **fake}).status_code == 422
    sent = client.post(page, {"document": "passport", **pictures("front", "face")})
    assert sent.status_code == 302
    check = IdentityCheck.objects.get()
    assert (check.level, check.documents.count()) == (1, 2)
    again = client.post(page, {"document": "passport", **pictures("front", "face")})
    assert again.status_code == 422
    identity.decide_identity(check, staff=agent, approve=False, reason="expired")
    assert "已过期" in client.get(page).content.decode()
    client.post(page, {"document": "passport", **pictures("front", "face")})
    second = IdentityCheck.objects.get(state="submitted")
    identity.decide_identity(second, staff=agent, approve=True)
    customer.refresh_from_db()
    assert customer.identity_level == 1
    templates = [m.message.template for m in _mails()]
    assert {"people/identity_refused", "people/identity_approved"} <= set(templates)


def test_unfreezing_needs_proof_first(
    customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    customer = customer_factory()
    client = client_of(customer.user)
    client.post("/topay/security/freeze/", {"sure": "on"})
    page = "/topay/safety/unfreeze/"
    assert client.get(page).url.startswith("/topay/safety/proof/")  # type: ignore[attr-defined]
    step_up(client)
    assert client.get(page).status_code == 200
    client.post(page, {"document": "passport", **pictures("front", "face")})
    assert IdentityCheck.objects.get().unfreeze
    assert queries.active_restrictions(customer.id)


@pytest.mark.parametrize("path", ["factors/", "devices/", "phone/", "identity/", "proof/"])
@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_every_page_opens(
    customer_factory: CustomerFactory, client_of: ClientOf, path: str, lang: str
) -> None:
    client = client_of(customer_factory(phone_proved=False).user)
    page = client.get(f"/topay/safety/{path}?lang={lang}", follow=True)
    assert page.status_code == 200
