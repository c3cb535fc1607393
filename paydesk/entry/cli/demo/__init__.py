"""The demo's days: thirty days of life in four brands, made by the real actions in time order.

`is_empty`, `seed` and `sign_ins` are what the command line calls; the modules beside hold the
people, their ordinary days, what goes wrong, and how the desk answers.
"""

from collections.abc import Callable

from paydesk.brands import profiles
from paydesk.entry.cli.demo import seeding
from paydesk.entry.web.demo.people import CUSTOMERS, PASSWORD, STAFF
from paydesk.kit.postgres.problems import say
from paydesk.people import queries as people

__all__ = ["is_empty", "seed", "sign_ins"]


def is_empty() -> bool:
    """Whether nobody has registered yet, neither customer nor staff."""
    return people.is_empty()


def seed(tell: Callable[[str], None], *, scale: float = 1.0) -> None:
    """Live through the days up to now; `tell` hears how far they have come."""
    tell(
        say(
            "写入演示数据，约一分半钟……",
            "living through the demo's thirty days, about a minute and a half ...",
        )
    )
    seeding.play(tell, scale=scale)
    tell(say("演示数据已就绪", "the demo's days are there"))


def sign_ins() -> str:
    """Whom one may sign in as; `{address}` stands for where the pages are."""
    lines = [
        say(f"演示密码（所有账户）：{PASSWORD}", f"Password of every demo account: {PASSWORD}"),
        "",
    ]
    for brand in profiles.all():
        names = ", ".join(one.email for one in CUSTOMERS if one.brand == brand.code)
        lines.append(f"  {brand.name('zh'):<10}{{address}}/{brand.code}/  {names}")
    staff = ", ".join(f"{one.email} ({one.role})" for one in STAFF)
    lines.append(f"  {say('客服工作台', 'desk'):<10}{{address}}/desk/  {staff}")
    lines.append(f"  {say('演示邮箱', 'mailbox'):<10}{{address}}/mailbox/")
    return "\n".join(lines) + "\n"
