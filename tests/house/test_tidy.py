"""The house's own lint rules: each finds what it should, leaves the rest, and the tree is clean."""

from pathlib import PurePosixPath

import pytest

from tools.tidy import python_rules, text_rules
from tools.tidy.__main__ import find

HEAD = '"""Doc."""\n'
ENTRY = "paydesk/entry/web/wallet/views.py"
DOMAIN = "paydesk/people/actions.py"


def _rules(path: str, source: str) -> set[str]:
    return {finding.rule for finding in python_rules.check(PurePosixPath(path), HEAD + source)}


@pytest.mark.parametrize(
    ("path", "source", "rule"),
    [
        (ENTRY, "Case.objects.get(pk=1)", "writes-in-entry"),
        (ENTRY, "case.save()", "writes-in-entry"),
        (ENTRY, "case.entries.create(body='x')", "writes-in-entry"),
        (ENTRY, "case.entries.filter(read=False).update(read=True)", "writes-in-entry"),
        (ENTRY, "case.delete()", "writes-in-entry"),
        (DOMAIN, "import datetime\ndatetime.datetime.now()", "foreign-clock"),
        (DOMAIN, "from datetime import datetime\ndatetime.utcnow()", "foreign-clock"),
        (DOMAIN, "import time\ntime.time()", "foreign-clock"),
        (DOMAIN, "from time import time", "foreign-clock"),
        (DOMAIN, "from django.utils import timezone\ntimezone.now()", "foreign-clock"),
        (DOMAIN, "import uuid\nuuid.uuid4()", "foreign-ids"),
        (DOMAIN, "from uuid import UUID, uuid4", "foreign-ids"),
        (DOMAIN, "def f():\n    import os", "late-import"),
        (DOMAIN, "async def f():\n    from os import path", "late-import"),
        (DOMAIN, "from . import models", "relative-import"),
        (DOMAIN, "from django.db.models.signals import post_save", "signals"),
        (DOMAIN, "class A(models.Model):\n    def save(self): ...", "logic-in-save"),
    ],
)
def test_finds(path: str, source: str, rule: str) -> None:
    assert rule in _rules(path, source)


@pytest.mark.parametrize(
    ("path", "source"),
    [
        (ENTRY, "context.update(a=1)"),
        (ENTRY, "request.session.save()"),
        (ENTRY, "from paydesk.people import actions\nactions.rename(customer)"),
        (DOMAIN, "Customer.objects.create(name='x')"),
        (DOMAIN, "import time\ntime.monotonic()"),
        (DOMAIN, "from uuid import UUID"),
        (DOMAIN, "from paydesk.kit import clock\nclock.now()"),
        ("paydesk/kit/clock.py", "from datetime import datetime\ndatetime.now()"),
        ("tests/people/test_x.py", "import uuid\nuuid.uuid4()"),
        (DOMAIN, "if TYPE_CHECKING:\n    import os"),
        (DOMAIN, "class Form:\n    def save(self): ..."),
    ],
)
def test_leaves(path: str, source: str) -> None:
    assert _rules(path, source) == set()


def test_wants_a_docstring() -> None:
    path = PurePosixPath(DOMAIN)
    assert [found.rule for found in python_rules.check(path, "x = 1\n")] == ["no-docstring"]
    assert not list(python_rules.check(path, ""))


@pytest.mark.parametrize(
    "source",
    [
        "<script>go()</script>",
        "<style>a{}</style>",
        '<p class="a" style="color:red">',
        '<button\n onclick="go()">',
        '<a href="javascript:go()">',
        '<div hx-on:click="go()">',
        "<div hx-vals='js:{a: 1}'>",
    ],
)
def test_finds_what_is_inline(source: str) -> None:
    assert list(text_rules.check_template(PurePosixPath("paydesk/a/templates/x.html"), source))


def test_leaves_files_alone() -> None:
    good = '<script type="module" src="/static/a.js"></script><p class="style" data-once="1">on = 1'
    assert not list(text_rules.check_template(PurePosixPath("paydesk/a/templates/x.html"), good))


@pytest.mark.parametrize(
    "source",
    ["cd /wo" + "rk/main", "--find-links /op" + "t/wheels", "--index-" + "url https://a.b/c"],
)
def test_finds_traces_of_one_machine(source: str) -> None:
    assert list(text_rules.check_text(PurePosixPath("README.md"), source))


def test_the_tree_is_tidy() -> None:
    assert [str(finding) for finding in find()] == []
