"""A story's history in the back office: listed, compared, restored, and told whole."""

import datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import previews, publishing, revisions
from articles.admin import ArticleAdmin
from articles.models import Revision
from tests.articles.test_admin import change, form_of
from tests.factories import content, make_author, make_draft, make_story

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"


def page(article, name: str, **query) -> str:
    asked = "&".join(f"{key}={value}" for key, value in query.items())
    return f"{LIST}{article.pk}/{name}/{'?' + asked if asked else ''}"


@pytest.fixture
def draft(reporter, editor):
    """A story of three revisions."""
    draft = make_draft(by=reporter, headline="First")
    revisions.record(draft, content(headline="Second"), by=reporter, note="Sharper")
    revisions.record(draft, content(headline="Third", tags=["floods"]), by=editor)
    draft.refresh_from_db()
    return draft


# The list -------------------------------------------------------------------------------------------------------------
def test_the_list_says_who_when_why_and_where_each_stands(as_, reporter, draft):
    response = as_(reporter).get(page(draft, "revisions"))
    listed = response.context["revisions"]
    assert [(row.number, str(row.created_by), row.note) for row in listed] == [
        (3, "editor", ""),
        (2, "reporter", "Sharper"),
        (1, "reporter", ""),
    ]
    assert "Asia/Baghdad" in response.text
    assert timezone.localtime(listed[0].created_at).strftime("%Y-%m-%d %H:%M") in response.text
    assert "restore/1/" in response.text and "restore/3/" not in response.text
    assert page(draft, "revisions") in as_(reporter).get(change(draft)).text


def test_the_list_of_a_live_story_shows_what_readers_have(as_, editor, draft):
    publishing.publish(draft, by=editor)
    revisions.record(draft, content(headline="Fourth"), by=editor)
    response = as_(editor).get(page(draft, "revisions"))
    assert response.context["live"].number == 3
    assert "waiting behind the live story" in response.text and "old=live&amp;new=4" in response.text


def test_the_list_costs_the_same_queries_with_few_and_with_two_hundred_revisions(as_, reporter, editor):
    draft = make_draft(by=reporter)
    browser = as_(reporter)
    counts = []
    for number in (2, 200):
        last = draft.revisions.count()
        Revision.objects.bulk_create(
            Revision(article=draft, number=n, content=content(), created_by=(editor, reporter)[n % 2], note=f"Save {n}")
            for n in range(last + 1, last + number)
        )
        with CaptureQueriesContext(connection) as captured:
            response = browser.get(page(draft, "revisions"))
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert [row.number for row in response.context["revisions"]] == list(range(201, 151, -1))
    older = browser.get(page(draft, "revisions", before=152))
    assert [row.number for row in older.context["revisions"]] == list(range(151, 101, -1))
    assert "?before=152" in response.text


# Comparing ------------------------------------------------------------------------------------------------------------
def test_any_two_are_compared_word_by_word(as_, reporter, draft):
    text = as_(reporter).get(page(draft, "compare", old=1, new=3)).text
    assert "<del>First</del><ins>Third</ins>" in text and "<ins>floods</ins>" in text
    turned = as_(reporter).get(page(draft, "compare", old=3, new=1)).text
    assert "<del>First</del><ins>Third</ins>" in turned  # the older one always stands first
    assert "Nothing that readers see is different." in as_(reporter).get(page(draft, "compare", old=2, new=2)).text


def test_a_version_is_compared_with_what_readers_have(as_, editor, draft):
    publishing.publish(draft, by=editor)
    revisions.record(draft, content(headline="Fourth"), by=editor)
    text = as_(editor).get(page(draft, "compare", old="live", new=4)).text
    assert "<del>Third</del><ins>Fourth</ins>" in text and "What readers have (revision 3)" in text


def test_a_comparison_runs_in_the_direction_of_the_storys_language(as_, editor, reporter):
    sorani = make_draft(by=editor, language="ckb", body="<p>ئاو گەیشتە پرد.</p>")
    revisions.record(sorani, content(body="<p>ئاو گەیشتە گوند.</p>"), by=editor)
    text = as_(editor).get(page(sorani, "compare", old=1, new=2)).text
    assert '<div class="compared" dir="rtl" lang="ckb">' in text


def test_hostile_words_are_inert_in_every_page_of_the_history(as_, editor):
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    words = {"headline": hostile, "standfirst": hostile, "tags": [hostile], "byline_note": hostile}
    draft = make_draft(by=editor, **words, body="<p>One</p>")
    body = f"<p>&lt;script&gt;alert(1)&lt;/script&gt; {hostile}</p>"
    revisions.record(draft, content(body=body), by=editor, note=hostile)
    previews.make(draft, by=editor, days=1, purpose=hostile)
    browser = as_(editor)
    for address in (
        page(draft, "revisions"),
        page(draft, "compare", old=1, new=2),
        page(draft, "restore/1"),
        page(draft, "history"),
        page(draft, "previews"),
    ):
        text = browser.get(address).text
        assert "alert(1)" in text
        assert "<script>alert" not in text and "<img src=x" not in text


@pytest.mark.parametrize("side", ["0", "x", "99", "-1", "%00", "9" * 30, "٣", ""])
def test_a_revision_that_is_not_there_is_not_found(side, as_, editor, draft):
    assert as_(editor).get(page(draft, "compare", old=side, new=1)).status_code == 404
    assert as_(editor).get(page(draft, "revisions", before=side)).status_code == 200


def test_a_comparison_costs_the_same_queries_at_one_byline_and_at_many(as_, editor):
    counts = []
    for number in (1, 12):
        lines = [{"author": make_author(f"N {n}", f"n-{number}-{n}").pk, "role": "reporter"} for n in range(number)]
        story = make_draft(by=editor)
        for _again in range(number):
            revisions.record(story, content(bylines=lines, tags=[f"tag {n}" for n in range(number)]), by=editor)
        with CaptureQueriesContext(connection) as captured:
            as_(editor).get(page(story, "compare", old=1, new=2))
        counts.append(len(captured))
    assert counts[0] == counts[1]


# Restoring ------------------------------------------------------------------------------------------------------------
def test_restoring_keeps_the_old_content_as_a_new_revision(as_, reporter, draft):
    browser = as_(reporter)
    asked = browser.get(page(draft, "restore/1"))
    assert "<del>Third</del><ins>First</ins>" in asked.text
    assert draft.revisions.count() == 3
    response = browser.post(page(draft, "restore/1"), {"newest": asked.context["newest"].number})
    assert response["Location"] == change(draft)
    draft.refresh_from_db()
    kept = list(draft.revisions.order_by("number"))
    assert [(row.number, row.content["headline"], row.restored_from) for row in kept] == [
        (1, "First", None),
        (2, "Second", None),
        (3, "Third", None),
        (4, "First", 1),
    ]
    assert (draft.headline, [tag.name for tag in draft.tags.all()]) == ("First", ["Syrian army", "rivers"])
    assert (kept[3].note, kept[3].created_by) == ("Restored from revision 1.", reporter)


def test_on_a_live_story_the_restored_version_waits_for_its_release(as_, reader, editor, draft):
    publishing.publish(draft, by=editor)
    response = as_(editor).post(page(draft, "restore/1"), {"newest": 3}, follow=True)
    assert "this one waits for its release" in response.text
    draft.refresh_from_db()
    assert (draft.headline, revisions.waiting(draft).content["headline"]) == ("Third", "First")
    assert "Third" in reader.get(draft.get_absolute_url()).text


def test_a_version_saved_meanwhile_is_not_covered_by_a_restore(as_, editor, reporter, draft):
    revisions.record(draft, content(headline="Meanwhile"), by=reporter)
    response = as_(editor).post(page(draft, "restore/1"), {"newest": 3}, follow=True)
    assert "A newer version was saved meanwhile" in response.text
    draft.refresh_from_db()
    assert (draft.headline, draft.revisions.count()) == ("Meanwhile", 4)


def test_only_who_may_write_in_a_story_restores(as_, reporter, editor, moderator, draft):
    publishing.submit(draft, by=reporter)
    assert as_(reporter).get(page(draft, "revisions")).status_code == 200
    assert "restore/" not in as_(reporter).get(page(draft, "revisions")).text
    for method in ("get", "post"):
        assert getattr(as_(reporter), method)(page(draft, "restore/1")).status_code == 403
        assert getattr(as_(moderator), method)(page(draft, "restore/1")).status_code == 403
    publishing.spike(draft, by=editor)
    assert as_(editor).post(page(draft, "restore/1"), {"newest": 3}).status_code == 403
    assert draft.revisions.count() == 3


def test_a_revision_of_another_story_is_not_restored(as_, editor, draft):
    other = make_draft(by=editor)
    assert as_(editor).post(page(other, "restore/3"), {"newest": 1}).status_code == 404
    with pytest.raises(ValueError):
        revisions.restore(other, revisions.newest(draft), by=editor)


def test_the_history_is_for_those_who_may_see_the_story(as_, moderator, lead, admin_person, draft):
    for person in (moderator, lead, admin_person):
        for address in (page(draft, "revisions"), page(draft, "compare", old=1, new=2), page(draft, "history")):
            assert as_(person).get(address).status_code == 403


def test_every_page_asks_the_admins_own_queryset(as_, editor, draft, monkeypatch):
    """What the list does not show a person, no page of the history shows them either."""
    rule = ArticleAdmin.get_queryset
    monkeypatch.setattr(ArticleAdmin, "get_queryset", lambda self, request: rule(self, request).exclude(pk=draft.pk))
    browser = as_(editor)
    link = previews.make(draft, by=editor, days=1)
    for name in ("revisions", "compare", "restore/1", "previews", "autosave"):
        assert browser.get(page(draft, name)).status_code == 404, name
    for name in ("restore/1", "previews", f"previews/{link.pk}/revoke", "autosave"):
        assert browser.post(page(draft, name), {"draft_key": "a-key-of-one-form-1234"}).status_code == 404, name
    assert browser.get(page(draft, "history")).status_code == 302  # as Django answers for what is not there
    assert "Third" not in browser.get(page(draft, "history"), follow=True).text


# Who did what ---------------------------------------------------------------------------------------------------------
def test_what_happened_to_a_story_is_told_whole(as_, reporter, editor):
    story = make_draft(by=reporter)
    as_(reporter).post(change(story), form_of(story, headline="Better", slug="the-river-rises"))
    as_(reporter).post(f"{LIST}{story.pk}/step/submit/", {"note": "Please look."})
    as_(editor).post(f"{LIST}{story.pk}/step/publish/", {"note": ""})
    as_(editor).post(page(story, "restore/1"), {"newest": 2})
    as_(editor).post(page(story, "previews"), {"purpose": "The lawyer", "days": "1"})
    as_(editor).post(page(story, f"previews/{story.preview_links.get().pk}/revoke"))
    events = as_(editor).get(page(story, "history")).context["events"]
    assert [(str(event.by), event.what.partition(",")[0], event.note) for event in events] == [
        ("editor", "Preview link revoked", "The lawyer"),
        ("editor", "Preview link made", "The lawyer"),
        ("editor", "Revision 1 restored as revision 3", "Restored from revision 1."),
        ("editor", "Publish", ""),
        ("reporter", "Submit", "Please look."),
        ("reporter", "Revision 2 saved", ""),
        ("reporter", "Revision 1 saved", ""),
    ]
    assert any("Headline" in more for more in events[5].more)  # what Django's own log says of the same act
    assert LogEntry.objects.filter(object_id=str(story.pk)).count() == 6


def test_a_log_entry_of_its_own_is_told_too(as_, editor, draft):
    entry = LogEntry.objects.create(
        user=editor, content_type_id=_type_of(draft), object_id=str(draft.pk), action_flag=2, change_message="By hand"
    )
    LogEntry.objects.filter(pk=entry.pk).update(action_time=timezone.now() + datetime.timedelta(minutes=1))
    assert as_(editor).get(page(draft, "history")).context["events"][0].what == "By hand"


def _type_of(article) -> int:
    return ContentType.objects.get_for_model(article).pk


def test_the_trail_costs_the_same_queries_with_few_and_with_two_hundred_revisions(as_, editor, reporter):
    story = make_story(by=editor)
    browser = as_(editor)
    counts, seen = [], []
    for number in (2, 199):
        last = story.revisions.count()
        Revision.objects.bulk_create(
            Revision(article=story, number=n, content=content(), created_by=(editor, reporter)[n % 2])
            for n in range(last + 1, last + number)
        )
        with CaptureQueriesContext(connection) as captured:
            response = browser.get(page(story, "history"))
        counts.append(len(captured))
    assert counts[0] == counts[1]
    for n in range(1, 201):  # one a minute
        at = timezone.now() - datetime.timedelta(minutes=201 - n)
        story.revisions.filter(number=n).update(created_at=at)
    response = browser.get(page(story, "history"))
    while True:
        seen += [event.revision for event in response.context["events"] if event.revision]
        if not response.context["next"]:
            break
        response = browser.get(page(story, "history", before=response.context["next"].replace("+", "%2B")))
    assert seen == list(range(200, 0, -1))


# A version behind a live story, as journalists meet it ----------------------------------------------------------------
def test_a_reporter_and_an_editor_pass_a_version_to_and_fro(as_, reader, reporter, editor):
    story = make_draft(by=reporter)
    publishing.publish(story, by=editor)
    writer, desk = as_(reporter), as_(editor)
    writer.post(change(story), form_of(story, headline="Newer", slug="the-river-rises"))
    assert "Submit this version" in writer.get(change(story)).text
    assert "Release" not in writer.get(change(story)).text

    writer.post(f"{LIST}{story.pk}/step/submit_version/", {"note": "Two new facts."})
    seen = desk.get(change(story)).text
    for words in ("waiting, submitted for review", "Return this version", "Approve this version", "old=live&amp;new=2"):
        assert words in seen

    desk.post(f"{LIST}{story.pk}/step/return_version/", {"note": "Name the source."})
    back = writer.get(change(story)).text
    assert "Returned by editor" in back and "Name the source." in back
    writer.post(change(story), form_of(story, headline="Newer, sourced", slug="the-river-rises"))
    writer.post(f"{LIST}{story.pk}/step/submit_version/", {"note": ""})
    desk.post(f"{LIST}{story.pk}/step/approve_version/", {"note": ""})
    assert "waiting, approved" in desk.get(change(story)).text
    assert "The river rises" in reader.get(story.get_absolute_url()).text
    assert writer.post(f"{LIST}{story.pk}/step/release/", {"note": "", "substantive": "typo"}).status_code == 403

    desk.post(f"{LIST}{story.pk}/step/release/", {"note": "", "substantive": "typo"})
    assert "Newer, sourced" in reader.get(story.get_absolute_url()).text


def test_a_returned_story_shows_why(as_, reporter, editor):
    draft = make_draft(by=reporter)
    publishing.submit(draft, by=reporter)
    publishing.return_(draft, by=editor, note="Which minister?")
    text = as_(reporter).get(change(draft)).text
    assert "Returned by editor" in text and "Which minister?" in text
