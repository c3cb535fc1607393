"""The people one may sign in as in the demo: data for the seed that makes them and the front page.

They exist in the demo only. Their password is public, on purpose; nothing here opens anything in
an installation without PAYDESK_DEMO.
"""

from dataclasses import dataclass

PASSWORD = "paydesk-demo-2026"  # noqa: S105 - public, demo only
"""Every demo account's password; accepted by the same validators as anybody's."""


@dataclass(frozen=True, slots=True)
class DemoCustomer:
    """One customer to sign in as. `part` says what the account is good for, a code."""

    brand: str
    name: str
    email: str
    phone: str
    part: str


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """One staff member to sign in as, with the same role in every brand."""

    name: str
    email: str
    role: str


def _customers(brand: str, mail: str, block: int) -> tuple[DemoCustomer, ...]:
    people = (
        ("陈晓雯", "chen", "everyday"),
        ("周明", "zhou", "frozen"),
        ("李强", "li", "everyday"),
    )
    return tuple(
        DemoCustomer(brand, name, f"{local}@{mail}", f"+86139{block:04d}{n:04d}", part)
        for n, (name, local, part) in enumerate(people, start=1)
    )


CUSTOMERS: tuple[DemoCustomer, ...] = (
    *_customers("topay", "topay-demo.example", 1001),
    *_customers("dingpay", "dingpay-demo.example", 1002),
    *_customers("gopay", "gopay-demo.example", 1003),
    *_customers("tpwallet", "tpwallet-demo.example", 1004),
)

STAFF: tuple[DemoStaff, ...] = (
    DemoStaff("林小雨", "lin@paydesk.example", "agent"),
    DemoStaff("赵一凡", "zhao@paydesk.example", "agent"),
    DemoStaff("王建国", "wang@paydesk.example", "supervisor"),
    DemoStaff("孙悦", "sun@paydesk.example", "admin"),
)
