"""Every message template renders in both languages, for every brand, with a version."""

from pathlib import Path

import pytest

import paydesk
from paydesk.brands import profiles
from paydesk.notifications import rules, texts

ROOT = Path(paydesk.__file__).parent
TEMPLATES = sorted(
    (path.relative_to(path.parents[1]).as_posix().removesuffix(f".{kind}.txt"), kind)
    for kind in ("mail", "sms")
    for path in ROOT.glob(f"**/templates/messages/*/*.{kind}.txt")
)
BRANDS = [brand.code for brand in profiles.all()]


def test_there_are_templates() -> None:
    assert ("people/verify", "mail") in TEMPLATES


@pytest.mark.parametrize(("template", "kind"), TEMPLATES)
@pytest.mark.parametrize("brand", BRANDS)
def test_renders_in_both_languages(template: str, kind: str, brand: str) -> None:
    drafts = {}
    for lang in ("zh-hans", "en"):
        drafts[lang] = texts.draft(
            brand=brand, to_kind=kind, template=template, lang=lang,
            params={}, secrets={"link": "https://x.example"},
        )  # fmt: skip
        assert drafts[lang].version >= 1
        assert bool(drafts[lang].subject) == (kind == "mail")
    assert drafts["zh-hans"].text != drafts["en"].text
    chinese = [char for char in drafts["en"].text if "\u4e00" <= char <= "\u9fff"]
    name = profiles.get(brand).name("en")
    assert set(chinese) <= set(name)


def test_a_brands_own_wording_comes_first(tmp_path: Path, settings: object) -> None:
    folder = tmp_path / "messages" / "gopay" / "people"
    folder.mkdir(parents=True)
    (folder / "reset.mail.txt").write_text("version: 7\nsubject: Own\n\nOwn words.\n")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [str(tmp_path)]}]  # type: ignore[attr-defined]

    def version(brand: str) -> int:
        return texts.draft(
            brand=brand, to_kind="mail", template="people/reset", lang="en",
            params={"name": "x"}, secrets={"link": "y"},
        ).version  # fmt: skip

    assert (version("gopay"), version("topay")) == (7, 1)


@pytest.mark.parametrize(
    "wrong", ["", "version: 1\nsubject: x", "subject: x\n\nbody", "version: x\n\nb"]
)
def test_a_faulty_template_is_told(wrong: str) -> None:
    with pytest.raises(rules.TemplateFault):
        rules.parse(wrong)


def test_a_mark_without_its_secret_never_leaves() -> None:
    with pytest.raises(KeyError):
        rules.unmask(f"open {rules.mark('link')}", {})


def test_html_escapes_and_makes_a_button() -> None:
    draft = rules.Draft(1, "A & B", ("<i>x</i>\nsecond", rules.mark("link")))
    page = texts.html(draft, brand="topay", lang="en")
    assert "&lt;i&gt;x&lt;/i&gt;<br>second" in page
    assert f'href="{rules.mark("link")}"' in page
    assert profiles.get("topay").colours.brand in page
