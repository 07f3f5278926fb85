"""Every kind of page readers meet, in a browser: axe, no sideways scroll, nothing from elsewhere, no policy broken."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests import readers_pages

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# Told by the browser itself, before any script of a page can run.
LISTEN = "addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective}`))"
# Each width and each scheme with each direction; the other languages once.
LOOKS = [
    ("en", 320, "dark"),
    ("en", 1280, "light"),
    ("ckb", 320, "light"),
    ("ckb", 1280, "dark"),
    ("ar", 1280, "light"),
    ("ku", 320, "light"),
    ("tr", 320, "light"),
]


def mistakes(page) -> list[str]:
    found = [
        f"{each['id']}: {each['nodes'][0]['html']}" for each in Axe().run(page, options=RULES).response["violations"]
    ]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*found, *(["wider than the window"] if wide > 1 else [])]


@pytest.mark.parametrize(("language", "width", "scheme"), LOOKS)
def test_every_page_is_for_everybody(language, width, scheme, open_page, editor, moderator, settings):
    settings.NEWSROOM_PAGE_SIZE = 9
    pages = readers_pages.edition(language, editor=editor, moderator=moderator)
    page = open_page(width=width, color_scheme=scheme)
    asked, told = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: told.append(message.text))
    page.add_init_script(LISTEN)
    for kind, address in pages.items():
        page.goto(address)
        assert mistakes(page) == [], kind
    home = page.evaluate("location.origin")
    assert [url for url in asked if not url.startswith((home, "data:"))] == []
    assert [text for text in told if "policy" in text.lower()] == []
    assert page.context.cookies() == []


def test_a_broken_policy_would_be_told(open_page, story):
    page = open_page()
    told = []
    page.on("console", lambda message: told.append(message.text))
    page.add_init_script(LISTEN)
    page.goto("/en/")
    page.evaluate("document.body.append(Object.assign(new Image(), {src: 'http://elsewhere.invalid/a.png'}))")
    page.wait_for_timeout(200)
    assert any("policy" in text.lower() for text in told)
