"""Hostile HTML in any field of a story, its photo, author, place or tag stays text on every page of the back office."""

import datetime

import pytest
from django.utils import timezone
from django.utils.html import escape

from articles import previews, publishing, revisions, translating
from articles.models import Article, FrontSlot
from newsroom.roles import Role
from tests.articles.test_admin import ADD, form, form_of
from tests.factories import make_author, make_draft, make_photo, make_place, make_section, make_user

ATTACKS = {
    "script": "<script>alert('{}')</script>",
    "picture": '"><img src=x onerror=alert("{}")>',
    "quote": "' onmouseover='alert({})' x='",
}


def attack(kind: str, where: str) -> str:
    return ATTACKS[kind].format(where)


@pytest.fixture(params=sorted(ATTACKS))
def kind(request) -> str:
    return request.param


@pytest.fixture
def story(kind, editor) -> Article:
    photo = make_photo(
        by=editor, credit=attack(kind, "credit"), source_caption=attack(kind, "source"), name="photo.jpg"
    )
    author = make_author(attack(kind, "author"), "hostile")
    place = make_place(attack(kind, "city"), attack(kind, "region"))
    figure = (
        f'<figure data-photo="{photo.pk}" data-alt="{escape(attack(kind, "alt"))}"><figcaption>c</figcaption></figure>'
    )
    link = f'<p><a href="/en/stories/987654/">{escape(attack(kind, "link"))}</a></p>'
    return make_draft(
        by=editor,
        headline=attack(kind, "headline"),
        standfirst=attack(kind, "standfirst"),
        byline_note=attack(kind, "note"),
        section_id=make_section().pk,
        place_id=place.pk,
        bylines=[{"author": author.pk, "role": "reporter"}],
        tags=[attack(kind, "tag").replace(",", "")],
        lead_photo_id=photo.pk,
        lead_alt=attack(kind, "lead"),
        lead_caption=attack(kind, "caption"),
        body=f"<p>PARIS, {escape(attack(kind, 'dateline'))[:20]} – Water.</p>{figure}{link}",
    )


def pages_of(story: Article) -> list[str]:
    base = f"/admin/articles/article/{story.pk}/"
    author, photo = story.bylines.get().author_id, story.lead_photo_id
    return [
        "/admin/",
        "/admin/articles/article/",
        "/admin/articles/article/?q=alert",
        f"{base}change/",
        f"{base}history/",
        *(f"{base}step/{verb}/" for verb in ("submit", "approve", "publish", "schedule", "set_embargo", "spike")),
        f"{base}dateline/",
        "/admin/articles/photo/",
        f"/admin/articles/photo/{photo}/change/",
        "/admin/articles/author/",
        f"/admin/articles/author/{author}/change/",
        "/admin/articles/place/",
        f"/admin/articles/place/{story.place_id}/change/",
        "/admin/articles/tag/",
        f"/admin/articles/tag/{story.tags.get().pk}/change/",
    ]


def live(kind: str, page: str) -> list[str]:
    """The pieces of ``page`` in which an attack of this kind would act."""
    marks = {"script": "<script>alert(", "picture": "<img src=x", "quote": "' onmouseover='alert("}
    # Inside double quotes and in text an apostrophe does nothing: Django escapes it all the same.
    return [mark for mark in [marks[kind]] if mark in page]


def test_hostile_words_are_inert_on_every_page_of_the_back_office(as_, editor, story, kind):
    browser, seen = as_(editor), 0
    for address in pages_of(story):
        answer = browser.get(address, follow=True)
        assert answer.status_code == 200, address
        assert live(kind, answer.text) == [], address
        seen += escape(attack(kind, "headline")) in answer.text
    assert seen >= 8  # they are there, as text


# The pages about versions ---------------------------------------------------------------------------------------------
def hostile_content(kind: str, story: Article, round: str) -> dict:
    """What ``story`` holds, with every free text hostile in other words than before."""
    old = revisions.current_content(story)
    words = {name: attack(kind, f"{round} {name}") for name in ("headline", "standfirst", "byline_note")}
    words |= {name: attack(kind, f"{round} {name}") for name in ("lead_alt", "lead_caption")}
    author, place = make_author(attack(kind, f"{round} author"), f"author-{round}"), make_place(attack(kind, round))
    section = make_section(attack(kind, f"{round} section"), f"section-{round}")
    return {
        **old,
        **words,
        "body": f"<p>{attack(kind, f'{round} raw')} {escape(attack(kind, f'{round} text'))}</p>{old['body']}",
        "tags": [attack(kind, f"{round} tag").replace(",", "")],
        "bylines": [{"author": author.pk, "role": "reporter"}, *old["bylines"]],
        "place_id": place.pk,
        "section_id": section.pk,
    }


@pytest.fixture
def versions(kind, story, editor) -> Article:
    """``story`` with a second version, by somebody with a hostile name, a note and a preview link."""
    editor.first_name = attack(kind, "name")[:150]
    editor.save()
    revisions.record(story, hostile_content(kind, story, "second"), by=editor, note=attack(kind, "revision"))
    previews.make(story, by=editor, days=1, purpose=attack(kind, "purpose"))
    story.refresh_from_db()
    return story


def inert(browser, address: str, kind: str) -> str:
    """The page at ``address``, in which no attack acts."""
    answer = browser.get(address, follow=True)
    assert answer.status_code == 200, address
    assert live(kind, answer.text) == [], address
    return answer.text


def test_hostile_words_are_inert_on_the_pages_about_versions(as_, editor, versions, kind):
    base, browser = f"/admin/articles/article/{versions.pk}/", as_(editor)
    compared = inert(browser, f"{base}compare/?old=1&new=2", kind)
    restored = inert(browser, f"{base}restore/1/", kind)
    for page in (compared, restored):
        assert page.count("alert") > 20  # all of it is there, as text between the marks of a comparison
        assert escape(attack(kind, "second headline")) in page
    assert escape(attack(kind, "revision")[:60]) in inert(browser, f"{base}revisions/", kind)
    assert escape(attack(kind, "purpose")[:60]) in inert(browser, f"{base}previews/", kind)
    assert escape(attack(kind, "revision")[:60]) in inert(browser, f"{base}history/", kind)
    restored = browser.post(f"{base}restore/1/", {"newest": 2}, follow=True)
    assert restored.status_code == 200 and live(kind, restored.text) == []
    assert versions.revisions.count() == 3


def test_hostile_words_are_inert_where_two_versions_meet(as_, editor, versions, kind):
    """Yours, theirs, the difference, the merged text in the editor, and every field that goes round again."""
    words = {name: attack(kind, f"mine {name}") for name in ("headline", "standfirst", "byline_note", "lead_caption")}
    posted = form_of(versions, seen=1, **words, tags=attack(kind, "mine tag"), revision_note=attack(kind, "mine note"))
    posted["draft_key"] = "a-key-of-one-form-1234"
    posted["body"] = f"<p>{escape(attack(kind, 'mine body'))} {attack(kind, 'mine raw')}</p>"
    answer = as_(editor).post(f"/admin/articles/article/{versions.pk}/change/", posted)
    assert answer.status_code == 409 and live(kind, answer.text) == []
    for name in ("headline", "standfirst", "byline_note", "lead_caption"):
        assert escape(words[name]) in answer.text and escape(attack(kind, f"second {name}")) in answer.text
    assert 'id="merged-body"' in answer.text
    unsaved = as_(editor).get(f"/admin/articles/article/{versions.pk}/change/")
    assert "You have unsaved text of" in unsaved.text and live(kind, unsaved.text) == []
    draft = editor.drafts.get()
    assert "headline" in inert(as_(editor), f"/admin/articles/article/drafts/{draft.key}/", kind)


def test_hostile_words_are_inert_on_the_translations_desk_and_the_steps(as_, editor, versions, kind):
    base, browser = f"/admin/articles/article/{versions.pk}/", as_(editor)
    publishing.publish(versions, by=editor)
    edition, _left_out = translating.translate(versions, "tr", by=editor)
    revisions.record(versions, hostile_content(kind, versions, "third"), by=editor)
    versions.refresh_from_db()
    waits = inert(browser, f"{base}change/", kind)
    assert escape(attack(kind, "third headline")) in waits
    for verb in ("release", "return_version", "correct", "withdraw", "drop_version"):
        inert(browser, f"{base}step/{verb}/", kind)
    release = {"version": 3, "substantive": "substantive", "kind": "update", "line": attack(kind, "line")}
    released = browser.post(f"{base}step/release/", release, follow=True)
    assert released.status_code == 200 and live(kind, released.text) == []
    desk = inert(browser, f"{base}translations/", kind)
    assert desk.count("alert") > 5
    inert(browser, f"/admin/articles/article/{edition.pk}/change/", kind)
    assert escape(attack(kind, "line")) in inert(browser, "/admin/articles/correction/", kind)
    withdrawn = browser.post(f"{base}step/withdraw/", {"note": attack(kind, "reason")}, follow=True)
    assert escape(attack(kind, "reason")) in withdrawn.text and live(kind, withdrawn.text) == []
    inert(browser, "/admin/", kind)


def test_hostile_words_are_inert_on_the_front_page_and_in_the_merge_of_tags(as_, editor, versions, kind):
    browser = as_(editor)
    publishing.publish(versions, by=editor)
    now = timezone.localtime()
    times = (now + datetime.timedelta(hours=hours) for hours in (0, 1, 24))
    begins, at, ends = (f"{time:%Y-%m-%dT%H:%M}" for time in times)
    slot = {"article": versions.pk, "position": 1, "begins_at": begins, "ends_at": ends}
    slot["headline"] = attack(kind, "override")
    answer = browser.post("/admin/articles/frontslot/add/", slot, follow=True)
    assert answer.status_code == 200 and live(kind, answer.text) == []
    assert FrontSlot.objects.exists() and escape(attack(kind, "override")) in answer.text
    page = inert(browser, f"/admin/articles/frontslot/preview/?language=en&at={at}", kind)
    assert escape(attack(kind, "override")) in page
    tag = versions.tags.get()
    inert(browser, f"/admin/articles/tag/{tag.pk}/merge/", kind)
    refused = browser.get(f"/admin/articles/tag/{tag.pk}/merge/", {"into": attack(kind, "into")})
    assert refused.status_code == 400 and live(kind, refused.text) == []
    assert escape(attack(kind, "into")) in refused.text
    answer = browser.get("/admin/articles/tag/suggest/", {"term": "alert", "q": "alert", "language": "en"})
    assert answer["Content-Type"] == "application/json"


def test_the_history_names_somebody_with_a_hostile_name(as_, kind, versions):
    other = make_user("other", Role.EDITOR)
    for page in ("history", "revisions", "change", "compare/?old=1&new=2"):
        address = f"/admin/articles/article/{versions.pk}/{page}"
        inert(as_(other), address if "?" in address else f"{address}/", kind)


def test_hostile_words_are_inert_in_messages_and_refused_forms(as_, editor, story, kind):
    browser = as_(editor)
    words = {name: attack(kind, name) for name in ("headline", "standfirst", "lead_caption", "revision_note", "tags")}
    refused = browser.post(ADD, form(**words, section="999999"))
    assert refused.status_code == 200 and live(kind, refused.text) == []
    saved = browser.post(ADD, form(**words | {"tags": "river"}), follow=True)
    assert escape(attack(kind, "headline")) in saved.text and live(kind, saved.text) == []
    changed = browser.post(
        f"/admin/articles/article/{story.pk}/change/", form_of(story, **words | {"tags": "a"}), follow=True
    )
    assert live(kind, changed.text) == []
    step = browser.post(
        f"/admin/articles/article/{story.pk}/step/schedule/", {"note": attack(kind, "note"), "time": "x"}
    )
    assert step.status_code == 400 and live(kind, step.text) == []


def test_the_searches_answer_with_data_and_not_with_a_page(as_, editor, story):
    """What they say is put into the page as text; a browser that opens the address itself sees JSON."""
    addresses = [
        "/admin/articles/article/editor/photos/",
        "/admin/articles/article/editor/stories/",
        "/admin/autocomplete/?app_label=articles&model_name=byline&field_name=author&term=alert",
    ]
    for address in addresses:
        answer = as_(editor).get(address)
        assert answer["Content-Type"] == "application/json"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "alert" in answer.text


def test_the_check_would_see_them():
    for kind in ATTACKS:
        assert live(kind, f"<p title='{attack(kind, 'x')}'>") != []
        assert live(kind, escape(attack(kind, "x"))) == []
