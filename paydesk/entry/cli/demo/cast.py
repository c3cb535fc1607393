"""Who lives in the demo: customers of every brand and the staff of the desk. Pure data.

Everybody has a made-up name and an address under a reserved name; the people one may sign in as
are those of the front page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from paydesk.entry.web.demo.people import CUSTOMERS, STAFF, DemoStaff

SHARES = {"topay": 0.32, "dingpay": 0.28, "gopay": 0.20, "tpwallet": 0.20}
"""How the customers, payments and cases are spread over the brands."""

VERSIONS = {"topay": "3.4.1", "dingpay": "5.2.0", "gopay": "2.9.3", "tpwallet": "2.0.4"}
"""The app that nearly everybody has; the brand's profile says what is too old."""

_FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂兰玉梅建华志文慧婷雪琳佳欣怡然子轩宇浩梓涵"
_FIRST = (
    "Emma", "Noah", "Olivia", "Liam", "Ava", "Ethan", "Mia", "Lucas", "Zoe", "Oscar", "Nora",
    "Felix", "Ruth", "Simon", "Clara", "Hugo", "Iris", "Jonas", "Lena", "Marco", "Nina", "Paul",
    "Rosa", "Theo",
)  # fmt: skip
_LAST = (
    "Baker", "Clark", "Dean", "Ellis", "Fisher", "Grant", "Hughes", "Irwin", "Jones", "Keller",
    "Lowe", "Marsh", "Novak", "Owens", "Price", "Quinn", "Reed", "Stone", "Turner", "Vance",
)  # fmt: skip
SHOPS_ZH = (
    "城西书店", "老王面馆", "绿野果蔬", "晨光便利店", "百味小厨", "云上咖啡", "安心大药房",
    "小象文具", "青禾花店", "湖畔民宿", "阿婆豆花", "极客数码维修",
)  # fmt: skip
SHOPS_EN = (
    "Corner Books", "Harbour Noodles", "Green Acre Grocers", "Daily Grind Coffee",
    "Oak Street Deli", "Maple Pharmacy", "Riverside Hardware", "Blue Door Bakery",
)  # fmt: skip
EMPLOYERS = {
    "zh": ("云帆科技（演示）", "和顺物业（演示）"),
    "en": ("Northwind Demo Ltd", "Lakeside Demo Inc"),
}

DESK: tuple[DemoStaff, ...] = (
    *STAFF,
    DemoStaff("郑好", "zheng@paydesk.example", "agent"),
    DemoStaff("何苗", "he@paydesk.example", "agent"),
    DemoStaff("唐宁", "tang@paydesk.example", "agent"),
    DemoStaff("Grace Turner", "grace@paydesk.example", "agent"),
    DemoStaff("Adam Novak", "adam@paydesk.example", "agent"),
    DemoStaff("吴桐", "wu@paydesk.example", "supervisor"),
)
"""Everybody who works at the desk; only those of the front page are there to sign in as."""

SHIFTS: dict[str, tuple[int, int]] = {
    "lin@paydesk.example": (8, 17),
    "zhao@paydesk.example": (13, 22),
    "zheng@paydesk.example": (9, 18),
    "he@paydesk.example": (16, 24),
    "tang@paydesk.example": (0, 9),
    "grace@paydesk.example": (20, 24),
    "adam@paydesk.example": (0, 8),
}
"""Hours (in Shanghai) in which each agent works, every day."""


@dataclass(frozen=True, slots=True)
class Person:
    """A customer before registering. `part`: everyday, shop, employer, frozen, closing or late."""

    brand: str
    name: str
    email: str
    phone: str
    lang: str
    part: str


def halves(brands: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The brands in two parts with about as much life; the second is empty for a single brand."""
    parts: tuple[list[str], list[str]] = ([], [])
    for brand in sorted(brands, key=lambda code: -SHARES[code]):
        min(parts, key=lambda part: sum(SHARES[code] for code in part)).append(brand)
    return tuple(parts[0]), tuple(parts[1])


def customers(random: Random, brands: Sequence[str], number: int) -> list[Person]:
    """The customers of these brands, out of about `number` in all; the front page's among them."""
    return [
        person for brand in brands for person in _of_brand(random, brand, number * SHARES[brand])
    ]


def _of_brand(random: Random, brand: str, number: float) -> list[Person]:
    known = [
        Person(brand, one.name, one.email, one.phone, "zh-hans", one.part)
        for one in CUSTOMERS
        if one.brand == brand
    ]
    wanted = max(round(number), len(known) + 12) - len(known)
    return known + [_someone(random, brand, n, wanted) for n in range(wanted)]


def _someone(random: Random, brand: str, n: int, wanted: int) -> Person:
    english = random.random() < (0.6 if brand == "gopay" else 0.15)
    part = _part(n, wanted)
    if part == "shop":
        name = (SHOPS_EN if english else SHOPS_ZH)[
            n % (len(SHOPS_EN) if english else len(SHOPS_ZH))
        ]
    elif part == "employer":
        name = EMPLOYERS["en" if english else "zh"][n % 2]
    elif english:
        name = f"{random.choice(_FIRST)} {random.choice(_LAST)}"
    else:
        name = random.choice(_FAMILY) + "".join(random.sample(_GIVEN, random.choice((1, 2, 2))))
    block = list(SHARES).index(brand)
    phone = f"+86137{block}{n:07d}"
    return Person(
        brand, name, f"c{n:03d}@{brand}.demo.example", phone, "en" if english else "zh-hans", part
    )


def _part(n: int, wanted: int) -> str:
    """The first few have fixed parts, so that every scale has each of them."""
    if n == 0:
        return "employer"
    if n < 1 + max(3, wanted // 8):
        return "shop"
    if n == wanted - 1:
        return "closing"
    if n == wanted - 2:
        return "frozen"
    return "late" if n % 9 == 0 else "everyday"
