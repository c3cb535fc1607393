"""Payment orders to a bank as ISO 20022 pain.001.001.03: written, never sent from here.

Account numbers and names stand in it in full, so it is made when it is handed over and never
stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from paydesk.kit.money import format_plain
from paydesk.money.payments.providers import references

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"


@dataclass(frozen=True, slots=True)
class Order:
    """One payment of the file; `amount` in minor units, `bank` a BIC, CNAPS or clearing code."""

    reference: UUID
    amount: int
    currency: str
    name: str
    number: str
    is_iban: bool
    bank: str
    is_bic: bool


@dataclass(frozen=True, slots=True)
class Debtor:
    """Our account that pays."""

    name: str
    number: str
    bic: str


def write(message: str, debtor: Debtor, orders: Sequence[Order], at: datetime, on: date) -> bytes:
    """The file with all orders, to be carried out `on` a day. Raises ValueError for none, or for
    orders in several currencies: one file, one sum."""
    currencies = {order.currency for order in orders}
    if len(currencies) != 1:
        raise ValueError("orders of exactly one currency make a file")
    root = Element("Document", xmlns=NAMESPACE)
    whole = SubElement(root, "CstmrCdtTrfInitn")
    total = format_plain(sum(order.amount for order in orders), currencies.pop())
    head = SubElement(whole, "GrpHdr")
    _add(head, "MsgId", message)
    _add(head, "CreDtTm", at.isoformat(timespec="seconds"))
    _add(head, "NbOfTxs", str(len(orders)))
    _add(head, "CtrlSum", total)
    _add(SubElement(head, "InitgPty"), "Nm", debtor.name)
    batch = SubElement(whole, "PmtInf")
    _add(batch, "PmtInfId", message)
    _add(batch, "PmtMtd", "TRF")
    _add(batch, "NbOfTxs", str(len(orders)))
    _add(batch, "CtrlSum", total)
    _add(batch, "ReqdExctnDt", on.isoformat())
    _add(batch, "Dbtr/Nm", debtor.name)
    _add(batch, "DbtrAcct/Id/Othr/Id", debtor.number)
    _add(batch, "DbtrAgt/FinInstnId/BIC", debtor.bic)
    for order in orders:
        _order(batch, order)
    indent(root)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _order(batch: Element, order: Order) -> None:
    one = SubElement(batch, "CdtTrfTxInf")
    _add(one, "PmtId/EndToEndId", references.write(order.reference))
    amount = _add(one, "Amt/InstdAmt", format_plain(order.amount, order.currency))
    amount.set("Ccy", order.currency)
    bank = "BIC" if order.is_bic else "ClrSysMmbId/MmbId"
    _add(one, f"CdtrAgt/FinInstnId/{bank}", order.bank)
    _add(one, "Cdtr/Nm", order.name)
    _add(one, "CdtrAcct/Id/" + ("IBAN" if order.is_iban else "Othr/Id"), order.number)


def _add(parent: Element, path: str, text: str) -> Element:
    here = parent
    for name in path.split("/"):
        here = SubElement(here, name)
    here.text = text
    return here
