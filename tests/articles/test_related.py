import datetime

import pytest
from django.utils import timezone

from articles import publishing
from articles.related import WORDS_A_MINUTE, reading_minutes, related
from newsroom import languages
from tests import factories

pytestmark = pytest.mark.django_db


def test_related_stories_share_most_tags_then_are_newest(reader, editor, django_assert_num_queries):
    hour = timezone.now() - datetime.timedelta(hours=9)

    def story(headline, tags, hours=0):
        return factories.make_story(by=editor, headline=headline, tags=tags, at=hour + datetime.timedelta(hours=hours))

    here = story("Here", ["war", "army"])
    story("One, older", ["war"])
    story("One, newer", ["army", "sport"], hours=2)
    story("Both", ["war", "army"])
    story("None", ["sport"])
    factories.make_draft(by=editor, headline="Draft", tags=["war", "army"])
    gone = story("Gone", ["war", "army"])
    publishing.withdraw(gone, by=editor, reason="It was wrong.")
    here.tags.all()
    with django_assert_num_queries(2):  # one is for the tags, which a page has prefetched
        found = [other.headline for other in related(here)]
    assert found == ["Both", "One, newer", "One, older"]
    page = reader.get(here.get_absolute_url()).text
    assert "Related stories" in page and "One, newer" in page and "Gone" not in page


def test_reading_time_is_whole_minutes_by_language(editor):
    words = "<p>" + "word " * 239 + "</p>"
    assert reading_minutes(factories.make_draft(by=editor, body=words)) == 2
    assert reading_minutes(factories.make_draft(by=editor, body="<p>Short.</p>")) == 1
    assert set(WORDS_A_MINUTE) == set(languages.BY_CODE)


def test_the_archive_has_the_days_of_the_house(reader, editor):
    # 22:30 UTC on the 1st is 01:30 on the 2nd in Baghdad.
    late = datetime.datetime(2026, 3, 1, 22, 30, tzinfo=datetime.UTC)
    factories.make_story(by=editor, headline="After midnight", at=late)
    page = reader.get("/en/archive/2026/03/02/")
    assert page.status_code == 200
    assert "After midnight" in page.text and "2 March 2026" in page.text
    for day in ("2026/03/01", "2026/02/30", "0000/01/01", "9999/12/31", "2026/3/2"):
        assert reader.get(f"/en/archive/{day}/").status_code == 404


def test_a_day_of_the_archive_leads_to_the_nearest_days_with_stories(reader, editor):
    noon = datetime.datetime(2026, 3, 10, 9, tzinfo=datetime.UTC)
    for days, language in ((0, "en"), (3, "tr"), (4, "en"), (5, "en"), (9, "en")):
        factories.make_story(by=editor, at=noon + datetime.timedelta(days=days), language=language)
    factories.make_draft(by=editor)
    gone = factories.make_story(by=editor, at=noon + datetime.timedelta(days=7))
    publishing.withdraw(gone, by=editor, reason="It was wrong.")
    page = reader.get("/en/archive/2026/03/14/").text
    assert '<a rel="prev" href="/en/archive/2026/03/10/"' in page
    assert 'rel="next" href="/en/archive/2026/03/15/"' in page
    page = reader.get("/en/archive/2026/03/15/").text
    assert 'href="/en/archive/2026/03/19/"' in page  # a withdrawn story makes no day
    assert 'rel="next"' not in reader.get("/en/archive/2026/03/19/").text


def test_a_storys_date_leads_to_its_day_by_the_house_s_clock(reader, editor):
    late = datetime.datetime(2026, 3, 1, 22, 30, tzinfo=datetime.UTC)
    story = factories.make_story(by=editor, at=late)
    assert '<p class="published"><a href="/en/archive/2026/03/02/">' in reader.get(story.get_absolute_url()).text
