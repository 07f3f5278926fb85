"""The start page: what waits for whom, with counts that stop at 1,000, in a fixed number of queries."""

import datetime

import pytest
from django.utils import timezone

from articles import access, publishing, revisions
from articles.models import Article
from newsroom import counting, start_page
from newsroom.roles import Role
from tests.factories import (
    content,
    leading_with,
    make_comment,
    make_draft,
    make_photo,
    make_section,
    make_story,
    make_user,
)

pytestmark = pytest.mark.django_db

START = "/admin/"


def boxes(browser) -> dict[str, start_page.Box]:
    response = browser.get(START)
    assert response.status_code == 200
    return {box.code: box for box in response.context["boxes"]}


def titles(box: start_page.Box) -> list[str]:
    return [row.title for row in box.rows]


def test_a_reporter_sees_own_drafts_and_what_came_back(as_, reporter, editor):
    make_draft(by=reporter, headline="Mine", slug="mine")
    make_draft(by=editor, headline="Not mine", slug="not-mine")
    back = make_draft(by=reporter, headline="Back", slug="back")
    publishing.submit(back, by=reporter)
    publishing.return_(back, by=editor, note="Why?")
    found = boxes(as_(reporter))
    assert (titles(found["drafts"]), found["drafts"].count) == (["Mine"], "1")
    assert (titles(found["returned"]), found["returned"].count) == (["Back"], "1")
    assert not {"review", "rights", "comments"} & set(found)


def test_an_editor_sees_what_waits_for_review(as_, editor, reporter):
    sent = make_draft(by=reporter, headline="Sent", slug="sent")
    publishing.submit(sent, by=reporter)
    live = make_story(by=editor, headline="Live")
    revisions.record(live, content(headline="Newer"), by=reporter)
    found = boxes(as_(editor))
    assert (set(titles(found["review"])), found["review"].count) == ({"Live", "Sent"}, "2")


def test_todays_schedule_and_no_other_days(as_, editor, monkeypatch):
    morning = datetime.datetime(2026, 3, 1, 6, tzinfo=datetime.UTC)
    monkeypatch.setattr(timezone, "now", lambda: morning)
    for name, time in {
        "late today": morning.replace(hour=20, minute=59),
        "soon": morning + datetime.timedelta(minutes=1),
        "tomorrow": morning.replace(hour=21),
    }.items():
        publishing.schedule(
            make_draft(by=editor, headline=name, slug=name.replace(" ", "-")), by=editor, publish_at=time
        )
    found = boxes(as_(editor))["scheduled"]
    assert (titles(found), found.count) == (["soon", "late today"], "2")
    assert found.rows[0].words == "\u20662026-03-01 09:01\u2069"
    page = as_(editor).get(found.link)
    assert [row.article.headline for row in page.context["cl"].rows] == ["soon", "late today"]


def test_photos_whose_rights_end_if_readers_see_them(as_, editor, reporter):
    soon = timezone.localdate() + datetime.timedelta(days=3)
    used = make_photo(by=editor, rights_expire_on=soon, source_caption="Used")
    make_story(by=editor, **leading_with(used))
    found = boxes(as_(editor))["rights"]
    assert (titles(found), found.count) == (["Used"], "1")
    assert "Used" in as_(editor).get(found.link).text
    Article.objects.all().update(lead_photo=None)
    assert titles(boxes(as_(editor))["rights"]) == []
    assert "Used" not in as_(editor).get(found.link).text
    assert "rights" not in boxes(as_(reporter))


def test_moderators_see_how_many_comments_wait_and_the_oldest_ones_age(
    as_, moderator, lead, editor, admin_person, story
):
    for _number in range(2):
        make_comment(story)
    for person in (moderator, lead):
        found = boxes(as_(person))
        assert set(found) == {"comments"}
        assert (found["comments"].count, len(found["comments"].rows)) == ("2", 2)
        assert found["comments"].words.startswith("The oldest has waited")
    for person in (editor, admin_person):
        assert "comments" not in boxes(as_(person))


def test_a_person_without_stories_or_comments_has_the_tables_alone(as_, admin_person):
    assert boxes(as_(admin_person)) == {}


def test_counts_stop_at_1000_and_every_box_leads_to_its_whole_list(as_, editor, monkeypatch):
    monkeypatch.setattr(counting, "MOST", 10)
    for number in range(12):
        make_draft(by=editor, headline=f"Draft {number}", slug=str(number))
    browser = as_(editor)
    drafts = boxes(browser)["drafts"]
    assert (drafts.count, len(drafts.rows)) == ("10+", start_page.MOST_ROWS)
    assert len(browser.get(drafts.link).context["cl"].rows) == 12
    for box in boxes(browser).values():
        assert not box.link or browser.get(box.link).status_code == 200


def test_lately_by_me_forgets_what_went_out_of_sight(as_, editor):
    sport = make_section("Sport", "sport")
    other = make_user("other", Role.EDITOR)
    draft = make_draft(by=other, headline="Canary")
    as_(editor).post(f"/admin/articles/article/{draft.pk}/step/approve/", {"note": ""})
    assert titles(boxes(as_(editor))["lately"]) == ["Canary"]
    access.limit(editor, [sport])
    assert "Canary" not in as_(editor).get(START).text


def test_the_start_page_costs_the_same_queries_with_one_and_with_many(as_, django_assert_num_queries):
    person = make_user("everything", Role.EDITOR, Role.MODERATOR)
    browser = as_(person)
    browser.get(START)
    for count in (1, 12):
        for number in range(count):
            key = f"{count}-{number}"
            photo = make_photo(by=person, rights_expire_on=timezone.localdate(), name=f"{key}.jpg")
            story = make_story(by=person, slug=key, **leading_with(photo))
            make_comment(story)
            revisions.record(story, content(headline=key), by=person)
            draft = make_draft(by=person, slug=key)
            browser.post(f"/admin/articles/article/{draft.pk}/step/approve/", {"note": ""})
            make_draft(by=person, slug=key)
            make_draft(by=person, language="tr", translation_of=story, slug=key)
            later = timezone.now() + datetime.timedelta(seconds=90)
            publishing.schedule(make_draft(by=person, slug=key), by=person, publish_at=later)
        Article.objects.filter(language="tr").update(original_changed_at=timezone.now())
        with django_assert_num_queries(QUERIES):
            browser.get(START)


QUERIES = 16


def test_hostile_words_are_inert(as_, reporter):
    make_draft(by=reporter, headline="<script>alert(1)</script>")
    page = as_(reporter).get(START).text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
