"""The editor of a story's text in a real browser: writing, pasting, both directions, and doing without it."""

import re

import pytest

from articles import publishing
from articles.models import Article
from newsroom.html import ALLOWED_ATTRIBUTES, ALLOWED_TAGS, clean_html, editor_schema
from newsroom.roles import Role
from tests import factories
from tests.browser.test_journey import PASSWORD, sign_in
from tests.newsroom.test_pasted import NAMES, expected, sample

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ADD = "/admin/articles/article/add/"
TEXT = ".story-editor-text"


@pytest.fixture
def reporter(transactional_db):
    return with_password("reporter", Role.REPORTER)


@pytest.fixture
def editor(transactional_db):
    return with_password("editor", Role.EDITOR)


def with_password(username: str, role: Role):
    user = factories.make_user(username, role)
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def desk(reporter, open_page):
    """A reporter's browser that writes down every violation of the content security policy and every error."""
    page = open_page()
    page.complaints = []
    page.on(
        "console",
        lambda said: page.complaints.append(f"{said.text} {said.location['url']}") if said.type == "error" else None,
    )
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    sign_in(page, "reporter", ADD)
    page.locator(TEXT).wait_for()
    yield page
    assert page.complaints == []


def tool(page, name: str):
    return page.locator(f'.story-editor-bar [data-tool="{name}"]')


def kept(page) -> str:
    """What the form would send."""
    return page.locator("textarea[name=body]").input_value()


def paste(page, html: str, plain: str = "") -> None:
    page.locator(TEXT).focus()
    page.evaluate(
        """([html, plain]) => {
          const data = new DataTransfer();
          if (html) data.setData("text/html", html);
          if (plain) data.setData("text/plain", plain);
          const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
          document.querySelector(".story-editor-text").dispatchEvent(event);
        }""",
        [html, plain],
    )


def load(page, html: str) -> None:
    """Have the editor open ``html`` as a stored text."""
    page.evaluate(
        """(html) => {
          const field = document.querySelector("textarea[name=body]");
          field.value = html;
          field.dispatchEvent(new Event("change", { bubbles: true }));
        }""",
        html,
    )


def touch(page) -> None:
    """Change the text and change it back: what the editor then writes is its own."""
    page.locator(TEXT).press("Control+End")
    page.keyboard.type("x")
    page.keyboard.press("Backspace")


def test_a_reporter_writes_with_the_editor_and_readers_see_it(desk, reporter, editor, reader):
    photo = factories.make_photo(by=reporter, source_alt="A bridge", source_caption="The old bridge")
    linked = factories.make_story(by=editor, headline="Rain for a week", slug="rain-for-a-week")
    factories.make_section()

    desk.get_by_label("Language:", exact=True).select_option("en")
    desk.get_by_label("Headline:", exact=True).fill("The river rises")
    desk.locator("label", has_text=re.compile("^Body:$")).click()
    desk.keyboard.type("Water reached the ")
    desk.keyboard.press("Control+b")
    desk.keyboard.type("bridge")
    desk.keyboard.press("Control+b")
    desk.keyboard.type(" at noon, after ")
    tool(desk, "link").click()
    desk.locator("dialog input[type=search]").fill("Rain")
    desk.locator(".story-editor-results button", has_text="Rain for a week").click()
    desk.keyboard.press("End")
    desk.keyboard.press("Enter")
    desk.keyboard.type("Blankets")
    tool(desk, "bulletList").click()
    desk.keyboard.press("Enter")
    desk.keyboard.type("Bread")
    desk.keyboard.press("Enter")
    desk.keyboard.press("Enter")
    tool(desk, "kind").select_option("h2")
    desk.keyboard.type("The bridge")
    desk.keyboard.press("Enter")
    tool(desk, "photo").click()
    desk.locator(".story-editor-results button", has_text="The old bridge").click()
    assert desk.locator("dialog textarea").first.input_value() == "A bridge"
    desk.get_by_role("button", name="Done").click()
    desk.locator(".story-editor-photo img").wait_for()
    assert kept(desk) == (
        "<p>Water reached the <strong>bridge</strong> at noon, after "
        f'<a href="/en/stories/{linked.pk}/">Rain for a week</a></p>\n'
        "<ul><li>Blankets</li><li>Bread</li></ul>\n<h2>The bridge</h2>\n"
        f'<figure data-photo="{photo.pk}" data-alt="A bridge"><figcaption>The old bridge</figcaption></figure>'
    )
    desk.get_by_role("button", name="Save and continue editing").click()
    desk.locator(".story-editor-photo img").wait_for()

    story = Article.objects.get(headline="The river rises")
    factories.revisions.record(story, factories.content(body=story.body), by=reporter)
    publishing.publish(story, by=editor)
    page = reader.get(story.get_absolute_url() if story.refresh_from_db() is None else "").text
    assert f'<a href="{linked.get_absolute_url()}">Rain for a week</a>' in page
    assert "<ul><li>Blankets</li><li>Bread</li></ul>" in page
    assert '<figure class="body-photo"><picture>' in page and "The old bridge" in page and 'alt="A bridge"' in page


@pytest.mark.parametrize(
    "way", ['label[for="id_body"], #id_body-label', '[data-tool="bold"]', '[data-tool="bulletList"]']
)
def test_the_cursor_is_in_the_text_at_once_and_not_in_the_next_frame(desk, way):
    """A reporter who clicks and types on loses no letter, however busy the machine is."""
    was, at_once = desk.evaluate(
        """(way) => {
          const inText = () => document.activeElement.classList.contains("story-editor-text");
          const control = document.querySelector(way);
          document.querySelector("[name=headline]").focus();
          const was = inText();
          control.click();
          return [was, inText()];  // nothing else ran in between
        }""",
        way,
    )
    assert (was, at_once) == (False, True)


def test_opening_and_saving_a_story_changes_nothing(desk, reporter):
    body = '<h2>Head</h2>\n<p>A <i>b</i> <q>c</q> <abbr title="D">d</abbr>.</p>\n<p>Two</p>'
    story = factories.make_draft(by=reporter, body=body)
    desk.goto(f"/admin/articles/article/{story.pk}/change/")
    desk.locator(TEXT).wait_for()
    assert kept(desk) == body
    desk.get_by_role("button", name="Save and continue editing").click()
    desk.locator(TEXT).wait_for()
    assert Article.objects.get(pk=story.pk).body == body


# One allow-list -------------------------------------------------------------------------------------------------------
INLINE = "strong em u s sub sup q cite a code abbr".split()
WHOLE = {
    "p": "<p>x</p>", "br": "<p>x<br>y</p>", "h2": "<h2>x</h2>", "h3": "<h3>x</h3>", "h4": "<h4>x</h4>",
    "blockquote": "<blockquote><p>x</p></blockquote>", "ul": "<ul><li>x<ul><li>y</li></ul></li></ul>",
    "ol": "<ol><li>x</li></ol>", "li": "<ul><li><p>x</p><p>y</p></li></ul>", "hr": "<p>x</p>\n<hr>\n<p>y</p>",
    "pre": "<pre>x\n  y</pre>", "table": "<table><tbody><tr><td>x</td></tr></tbody></table>",
    "thead": "<table><thead><tr><th>x</th></tr></thead><tbody><tr><td>y</td></tr></tbody></table>",
    "tbody": "<table><tbody><tr><td>x</td></tr></tbody></table>",
    "tr": "<table><tbody><tr><td>x</td></tr><tr><td>y</td></tr></tbody></table>",
    "th": "<table><tbody><tr><th>x</th><td>y</td></tr></tbody></table>",
    "td": "<table><tbody><tr><td>x</td><td>y</td></tr></tbody></table>",
    "caption": "<table><caption>c</caption><tbody><tr><td>x</td></tr></tbody></table>",
    "figure": "<figure><blockquote><p>x</p></blockquote><figcaption>y</figcaption></figure>",
    "figcaption": '<figure data-photo="7"><figcaption>a <strong>b</strong></figcaption></figure>',
    "b": "<p><strong>x</strong></p>", "i": "<p><em>x</em></p>",
    **{tag: f"<p>w <{tag}>x</{tag}> y</p>" for tag in INLINE},
    "a": '<p>w <a href="/en/">x</a> y</p>',
}  # fmt: skip
VALUES = {"cite": "https://example.org/", "title": "A &amp; B", "start": "3",
          "scope": "row", "colspan": "2", "rowspan": "2", "data-photo": "7", "data-alt": "A &quot;b&quot;",
          "lang": "ckb", "dir": "rtl"}  # fmt: skip
INSIDE = {
    "a": '<p><a {} href="/en/">x</a></p>', "abbr": "<p><abbr {}>x</abbr></p>",
    "blockquote": "<blockquote {}><p>x</p></blockquote>",
    "ol": "<ol {}><li>x</li></ol>",
    "figure": "<figure {}><figcaption>x</figcaption></figure>",
    "*": "<p {}>x</p>",
    "th": "<table><tbody><tr><th {}>x</th><td>y</td></tr><tr><td>z</td></tr></tbody></table>",
    "td": "<table><tbody><tr><td {}>x</td><td>y</td></tr><tr><td>z</td></tr></tbody></table>",
}  # fmt: skip


# A table whose rows are not equally wide would be mended by the editor.
EVEN = ("<tr><td>z</td></tr>", "<tr><td>z</td><td>z</td></tr>")
WIDTHS = {"scope": EVEN, "lang": EVEN, "dir": EVEN, "colspan": ("<td>z</td>", "<td>z</td><td>z</td><td>z</td>")}


def allowed_pieces() -> list[str]:
    pieces = [WHOLE[tag] for tag in sorted(ALLOWED_TAGS)]
    for tag, names in ALLOWED_ATTRIBUTES.items():
        for name in names:
            before = 'data-photo="7" ' if name == "data-alt" else ""
            if name != "href":
                pieces.append(
                    INSIDE[tag].format(f'{before}{name}="{VALUES[name]}"').replace(*WIDTHS.get(name, ("", "")))
                )
    return pieces


def test_whatever_is_allowed_survives_the_editor(desk):
    """No story loses anything by being opened: the editor's schema holds the whole allow-list."""
    pieces = allowed_pieces()
    assert [piece for piece in pieces if clean_html(piece) != piece] == []
    lost = []
    for piece in pieces:
        load(desk, piece + "\n<p>end</p>")
        touch(desk)
        if kept(desk) != piece + "\n<p>end</p>":
            lost.append((piece, kept(desk)))
    assert lost == []


def test_what_is_not_allowed_cannot_be_in_the_editor(desk):
    load(desk, '<h1>a</h1><p class="c" style="x" onclick="x()" id="i">b</p><img src="x"><iframe></iframe><p dir="up">'
               '<a href="javascript:x()">c</a> <a href="https://e.org" target="_blank" rel="x">d</a></p>')  # fmt: skip
    touch(desk)
    text = kept(desk)
    assert clean_html(text) == text
    assert "javascript" not in text and "target" not in text
    assert desk.evaluate("JSON.parse(document.querySelector('textarea[data-editor]').dataset.editor).schema") == {
        **editor_schema()
    }


# Pasting --------------------------------------------------------------------------------------------------------------
def test_pastes_from_word_processors_come_out_as_clean_html(desk):
    for name in NAMES:
        load(desk, "")
        paste(desk, sample(name))
        assert kept(desk) == expected(name), name


def test_what_the_clipboard_itself_holds_is_pasted(desk):
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.evaluate(
        """() => navigator.clipboard.write([new ClipboardItem({
          "text/html": new Blob(["<h1>Head</h1><p>نامه\\u200cنووسی <b>one</b></p>"], { type: "text/html" }),
          "text/plain": new Blob(["Head one"], { type: "text/plain" }),
        })])"""
    )
    desk.locator(TEXT).focus()
    desk.keyboard.press("Control+v")
    assert kept(desk) == "<h2>Head</h2>\n<p>نامه\u200cنووسی <strong>one</strong></p>"


def test_plain_text_is_pasted_as_the_textarea_reads_it(desk):
    paste(desk, "", "One\ntwo\n\n• a\n• b\n\nThree & <four>")
    assert kept(desk) == "<p>One<br>two</p>\n<ul><li>a</li><li>b</li></ul>\n<p>Three &amp; &lt;four&gt;</p>"


def test_a_pasted_picture_is_said_to_be_left_out(desk):
    paste(desk, "<p>x<img src='https://elsewhere.example/x.png'></p>")
    assert kept(desk) == "<p>x</p>"
    assert "Pictures are not pasted" in desk.locator(".story-editor-status").inner_text()


# Directions and languages ---------------------------------------------------------------------------------------------
def test_a_story_in_sorani_is_written_from_right_to_left(desk, reporter, editor, open_page):
    factories.make_section()
    text = desk.locator(TEXT)
    assert text.get_attribute("dir") == "auto"
    desk.get_by_label("Language:", exact=True).select_option("ckb")
    assert (text.get_attribute("dir"), text.get_attribute("lang")) == ("rtl", "ckb")
    assert desk.locator("#id_headline").get_attribute("dir") == "rtl"
    assert desk.locator("html").get_attribute("dir") == "ltr"
    desk.get_by_label("Headline:", exact=True).fill("ئاوی ڕووبارەکە بەرز دەبێتەوە")
    text.focus()
    desk.keyboard.insert_text("نامه\u200cنووسی ناوچەکە وتی.")
    desk.get_by_role("button", name="Save and continue editing").click()
    desk.locator(TEXT).wait_for()
    assert (desk.locator(TEXT).get_attribute("dir"), desk.locator(TEXT).get_attribute("lang")) == ("rtl", "ckb")
    assert desk.evaluate("getComputedStyle(document.querySelector('.story-editor-text')).direction") == "rtl"
    assert Article.objects.get().body == "<p>نامه\u200cنووسی ناوچەکە وتی.</p>"


# Keys, source, and without script -------------------------------------------------------------------------------------
def test_the_toolbar_is_walked_by_keys(desk):
    desk.locator(TEXT).focus()
    desk.keyboard.press("Alt+F10")
    names = []
    for _step in range(3):
        names.append(desk.evaluate("document.activeElement.dataset.tool"))
        desk.keyboard.press("ArrowRight")
    assert names == ["kind", "bold", "italic"]
    desk.keyboard.press("ArrowLeft")
    desk.keyboard.press("Escape")
    desk.wait_for_function("document.activeElement.matches('.story-editor-text')")
    assert desk.locator(".story-editor-bar :is(button, select):not([aria-label])").count() == 0


def test_the_html_can_be_edited_by_hand(desk):
    tool(desk, "source").click()
    field = desk.locator("textarea[name=body]")
    field.fill("<p>By <b>hand</b></p>")
    tool(desk, "source").click()
    assert desk.locator(TEXT).inner_text().strip() == "By hand"
    touch(desk)
    assert kept(desk) == "<p>By <strong>hand</strong></p>"


def test_a_link_that_leads_nowhere_allowed_is_refused(desk):
    desk.locator(TEXT).focus()
    desk.keyboard.type("word")
    desk.keyboard.press("Control+a")
    desk.keyboard.press("Control+k")
    address = desk.locator("dialog input[type=text]")
    address.fill("javascript:alert(1)")
    address.press("Enter")
    assert desk.locator("dialog [role=alert]").is_visible()
    address.fill("example.org/a")
    address.press("Enter")
    assert kept(desk) == '<p><a href="https://example.org/a">word</a></p>'


def test_the_textarea_does_without_script(reporter, editor, open_page):
    photo = factories.make_photo(by=reporter)
    figure = f'<figure data-photo="{photo.pk}" data-alt="A bridge"><figcaption>Noon</figcaption></figure>'
    story = factories.make_draft(by=reporter, body=f"<p>One.</p>\n{figure}")
    page = open_page(javascript=False)
    sign_in(page, "reporter", f"/admin/articles/article/{story.pk}/change/")
    field = page.get_by_label("Body:", exact=True)
    assert field.input_value() == f"<p>One.</p>\n{figure}"
    field.fill(field.input_value() + "\n\nTwo, in plain words.\n\n• a\n• b")
    page.get_by_role("button", name="Save and continue editing").click()
    story.refresh_from_db()
    assert story.body == f"<p>One.</p>\n{figure}\n<p>Two, in plain words.</p>\n<p>• a<br>• b</p>"
