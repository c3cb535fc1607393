"""What the people one may sign in as own, and what of theirs waits for the operators: a saved card,
a bank account that has cooled, a shop with a sandbox key; a payment held and a document to look at.
"""

import struct
import zlib
from datetime import timedelta
from functools import partial
from random import Random
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile

from paydesk.entry.cli.demo import banking
from paydesk.entry.cli.demo.stage import Stage, Story
from paydesk.entry.cli.demo.town import Resident, Town
from paydesk.money.merchants.actions import keys, onboarding
from paydesk.money.merchants.rules import Scope, Standing
from paydesk.money.methods import access as methods_access
from paydesk.money.methods import actions as methods
from paydesk.money.payments.providers.simulated import page
from paydesk.money.payments.states import PaymentState
from paydesk.money.risk import defaults
from paydesk.people import presence
from paydesk.people.actions import identity

MAIN, SECOND = "chen@", "li@"
SHOP = ("晓雯手作", "https://xiaowen.example", "手工皮具")
_CARD = {"number": "4242 4242 4242 4242", "expires": "08/31", "cvc": "123"}
_TRIES = 6


def known(town: Town, brand: str, local: str) -> Resident:
    """The front page's person of a brand whose address begins so."""
    return next(one for one in town.residents[brand] if one.person.email.startswith(local))


def schedule(stage: Stage, town: Town, brand: str, offset: int) -> None:
    """Give a brand's people their things; `offset` in minutes keeps the brands apart."""
    # Chances of its own: what is added here changes nothing of the month.
    town = Town(Random(offset), town.residents, town.clerks)
    main = known(town, brand, MAIN)
    for one in (main, known(town, brand, SECOND)):
        stage.add(stage.end - timedelta(days=6, minutes=offset), _settles_in(town, one))
    stage.add(stage.end - timedelta(days=5, minutes=offset), _opens_shop(town, main))
    stage.add(stage.end - timedelta(minutes=44 + offset), _is_held(stage, town, brand))
    stage.add(stage.end - timedelta(minutes=36 + offset), _shows_document(town, brand))


def _settles_in(town: Town, resident: Resident) -> Story:
    """Save a card on the provider's page, and a bank account."""
    address = methods.begin(
        customer=resident.customer,
        return_url=f"https://{resident.person.brand}.example/{methods.SAVING}",
    )
    card = page.take_card(UUID(address.rsplit("/", 1)[1]), **_CARD)
    saving = methods_access.saving_of(resident.customer, UUID(card.return_url.rsplit("/", 1)[1]))
    methods.finish(saving, resident.actor)
    banking.account(town, resident, "6688")
    yield from ()


def _opens_shop(town: Town, resident: Resident) -> Story:
    """Apply, be let into the sandbox by a supervisor, make a key there."""
    name, website, about = SHOP
    made = onboarding.apply(
        owner=resident.customer, name=name, website=website, about=about, actor=resident.actor
    )
    yield timedelta(hours=3)
    boss = next(one for one in town.clerks if one.role == "supervisor")
    made = onboarding.move(made, Standing.SANDBOX, staff=boss.member)
    yield timedelta(minutes=20)
    keys.make(made, live=False, label="沙箱", scopes=list(Scope), actor=resident.actor)


def _is_held(stage: Stage, town: Town, brand: str) -> Story:
    """Much comes in and goes out again at once to somebody new: that waits for a person."""
    rule = next(one for one in defaults.rows() if one["code"] == "pass_through")
    sits = partial(presence.Presence, stage.start)
    payer = known(town, brand, SECOND)
    for _ in range(_TRIES):
        amount = int(rule["when"]["in_and_out"]["at_least"][payer.currency])
        payer.top_up(amount)
        yield timedelta(seconds=40)
        with presence.of(sits):
            outcome = payer.send(town.friend_of(payer), amount * 19 // 20)
        if outcome.state is PaymentState.PROCESSING:
            return
        payer = town.somebody(brand)


def _shows_document(town: Town, brand: str) -> Story:
    """Somebody sends a passport in for the next level."""
    top = len(known(town, brand, MAIN).brand.identity_levels) - 1
    ready = [one for one in town.of_part(brand, "everyday") if one.customer.identity_level < top]
    if ready:
        sides = {"front": (31, 79, 143), "face": (196, 164, 132)}
        identity.submit_identity(
            ready[0].customer,
            document="passport",
            uploads={
                side: SimpleUploadedFile(f"{side}.png", _picture(colour), "image/png")
                for side, colour in sides.items()
            },
        )
    yield from ()


def _picture(colour: tuple[int, int, int], width: int = 320, height: int = 200) -> bytes:
    """A PNG of one colour: nobody's face, nobody's document."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        whole = kind + data
        return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + bytes(colour) * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
