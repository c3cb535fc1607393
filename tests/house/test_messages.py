"""Every text has its English, with the same placeholders; and the collector finds what is there."""

import gettext
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from paydesk.entry.cli.messages import compile_messages
from tools.messages import catalogues, extract

TEMPLATE = """{% load i18n %}
<h1>{% translate "标题" %}</h1><p title="{% translate '提示“引号”' %}">{{ x|default:_("没有") }}</p>
{% blocktranslate with name=a.name trimmed %}
  您好，{{ name }}，已付 100%
{% endblocktranslate %}
{% blocktranslate count n=items %}{{ n }} 项{% plural %}{{ n }} 项目{% endblocktranslate %}
{% translate "开" context "开关" %}
"""
MODULE = """
from django.utils.translation import gettext as _, ngettext, pgettext
A = _("甲" "乙")
def f(n): return ngettext("%(n)s 个", "%(n)s 个们", n), pgettext("语境", "词"), _(n)
"""


@pytest.fixture
def app(tmp_path: Path) -> Path:
    app = tmp_path / "shop"
    (app / "templates").mkdir(parents=True)
    (app / "templates" / "a.html").write_text(TEMPLATE, encoding="utf-8")
    (app / "views.py").write_text(MODULE, encoding="utf-8")
    return app


def test_collects_from_templates_and_modules(app: Path) -> None:
    found = {(m.context, m.id) for m in extract.texts_of_app(app, {app}) if m.id}
    assert found == {
        (None, "标题"),
        (None, "提示“引号”"),
        (None, "没有"),
        (None, "您好，%(name)s，已付 100%%"),
        (None, ("%(n)s 项", "%(n)s 项目")),
        ("开关", "开"),
        (None, "甲乙"),
        (None, ("%(n)s 个", "%(n)s 个们")),
        ("语境", "词"),
    }


def test_nested_app_keeps_its_own(app: Path) -> None:
    inner = app / "inner"
    inner.mkdir()
    (inner / "texts.py").write_text('from x import gettext as _\nA = _("里面")\n')
    assert "里面" not in [m.id for m in extract.texts_of_app(app, {app, inner})]
    assert "里面" in [m.id for m in extract.texts_of_app(inner, {app, inner})]


def test_keeps_translations_and_names_faults(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogues, "PACKAGE", app.parent)
    monkeypatch.setattr(catalogues, "ROOT", app.parent)
    (app / "apps.py").touch()
    assert catalogues.write(app)
    assert len(catalogues.faults(app)) == 9
    path = catalogues.file_of(app)
    text = path.read_text()
    path.write_text(text.replace('msgid "标题"\nmsgstr ""', 'msgid "标题"\nmsgstr "Title"'))
    assert catalogues.write(app)
    assert 'msgstr "Title"' in path.read_text()
    assert len(catalogues.faults(app)) == 8
    wrong = 'msgid "您好，%(name)s，已付 100%%"\nmsgstr ""'
    assert wrong in path.read_text()
    path.write_text(path.read_text().replace(wrong, wrong[:-2] + '"Hello %(nmae)s, 100%%"'))
    assert any("placeholders" in fault for fault in catalogues.faults(app))

    compile_messages(app.parent)
    english = gettext.translation("django", app / "locale", languages=["en"])
    assert english.gettext("标题") == "Title"


def test_every_text_has_its_english() -> None:
    faults = [fault for app in sorted(catalogues.apps()) for fault in catalogues.faults(app)]
    assert faults == []


def test_there_are_texts() -> None:
    assert sum(len(_own(app)) for app in catalogues.apps()) > 100


def _own(app: Path) -> Catalog:
    return extract.texts_of_app(app, catalogues.apps())
