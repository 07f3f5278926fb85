"""The front page: dated slots, the breaking banner, the newest stories, and the page as it will be at another hour."""

import datetime
import io
import re
import threading
import time

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import IntegrityError, close_old_connections, connection, transaction
from django.utils import timezone

from articles import front, publishing
from articles.models import BreakingBanner, FrontSlot
from articles.models.front import POSITIONS
from newsroom import pages
from tests import factories

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
SLOTS = "/admin/articles/frontslot/"
BANNERS = "/admin/articles/breakingbanner/"


@pytest.fixture
def stories(editor):
    """Ten public stories in English, newest last, each in a section of its own or of five."""
    now = timezone.now()
    return [
        factories.make_story(
            by=editor,
            headline=f"Story {number}",
            slug=f"s{number}",
            at=now - (20 - number) * HOUR,
            section_id=factories.make_section(f"Section {number % 2}", f"section-{number % 2}").pk,
        )
        for number in range(10)
    ]


def slot(story, position=1, *, hours=(-1, 1), by=None, now=None, **fields):
    begins, ends = ((now or timezone.now()) + hour * HOUR for hour in hours)
    fields = {"article": story, "position": position, "begins_at": begins, "ends_at": ends, **fields}
    return front.put_in_slot(FrontSlot(created_by=by or story.created_by, **fields))


def announce(text="Water at the bridge", *, by, hours=(-1, 1), language="en", **fields):
    begins, ends = (timezone.now() + hour * HOUR for hour in hours)
    return front.announce(
        BreakingBanner(language=language, text=text, begins_at=begins, ends_at=ends, created_by=by, **fields)
    )


def top(now=None, language="en") -> list[str]:
    return [article.headline for article in front.compose(language, now).top]


def headlines(page: str) -> list[str]:
    return re.findall(r'class="card-headline"><a [^>]*>([^<]+)</a>', page)


# What stands where ----------------------------------------------------------------------------------------------------
def test_without_slots_the_newest_lead(stories):
    assert top() == [f"Story {number}" for number in (9, 8, 7, 6, 5, 4, 3)]
    page = front.compose("en")
    assert [story.headline for story in page.latest] == ["Story 2", "Story 1", "Story 0"]
    assert (page.sections, page.next_key) == ([], None)


def test_a_slot_holds_its_position_and_the_newest_fill_the_rest(stories):
    slot(stories[0], 1)
    slot(stories[2], 3, headline="Another headline")
    page = front.compose("en")
    assert [story.headline for story in page.top] == [f"Story {number}" for number in (0, 9, 2, 8, 7, 6, 5)]
    assert page.top[2].front_headline == "Another headline"
    assert [story.headline for story in page.latest] == ["Story 4", "Story 3", "Story 1"]


def test_a_slot_begins_and_ends_by_the_clock_alone(stories):
    now = timezone.now()
    slot(stories[0], now=now, hours=(1, 2))
    moments = [now, now + HOUR, now + 2 * HOUR - datetime.timedelta(seconds=1), now + 2 * HOUR]
    assert [top(moment)[0] for moment in moments] == ["Story 9", "Story 0", "Story 0", "Story 9"]
    assert front.compose("en", now).changes_at == now + HOUR
    assert front.compose("en", now + HOUR).changes_at == now + 2 * HOUR
    assert front.compose("en", now + 2 * HOUR).changes_at is None


def test_a_story_that_is_not_public_leaves_its_place_to_the_newest(stories, editor):
    waiting = factories.make_draft(by=editor, headline="Waiting", slug="waiting")
    publishing.schedule(waiting, by=editor, publish_at=timezone.now() + HOUR)
    slot(waiting, 1, hours=(-1, 9))
    slot(stories[0], 2, hours=(-1, 9))
    assert top()[:2] == ["Story 9", "Story 0"]
    assert top(timezone.now() + 2 * HOUR)[:2] == ["Waiting", "Story 0"]
    publishing.withdraw(stories[0], by=editor, reason="It was wrong.")
    assert top()[:2] == ["Story 9", "Story 8"]


def test_a_story_in_two_slots_is_shown_once_and_higher(stories):
    slot(stories[0], 4)
    slot(stories[0], 2)
    assert top() == [f"Story {number}" for number in (9, 0, 8, 7, 6, 5, 4)]


def test_a_slot_belongs_to_the_edition_of_its_story(stories, editor):
    turkish = factories.make_story(by=editor, language="tr", headline="Haber", slug="haber")
    assert slot(turkish, 1, language="en").language == "tr"
    assert (top()[0], top(language="tr")) == ("Story 9", ["Haber"])


def test_what_is_taken_off_shows_nothing_and_keeps_no_place(stories):
    kept = slot(stories[0], 1)
    kept.is_off = True
    front.put_in_slot(kept)
    assert top()[0] == "Story 9"
    assert slot(stories[1], 1).pk != kept.pk


def test_sections_show_their_newest_that_are_not_on_the_page_yet(stories, settings):
    settings.NEWSROOM_PAGE_SIZE = 2
    page = front.compose("en")
    shown = {name.name: [story.headline for story in of] for name, of in page.sections}
    assert shown == {
        "Section 0": ["Story 6", "Story 4", "Story 2", "Story 0"],
        "Section 1": ["Story 7", "Story 5", "Story 3", "Story 1"],
    }


def test_the_pages_that_follow_are_the_newest_in_order_whatever_is_in_slots(stories, settings):
    settings.NEWSROOM_PAGE_SIZE = 4
    slot(stories[0], 1)
    first = front.compose("en")
    second = front.compose("en", after=first.next_key)
    assert [story.headline for story in first.top] == [f"Story {number}" for number in (0, 9, 8, 7)]
    assert [story.headline for story in second.latest] == [f"Story {number}" for number in (6, 5, 4, 3)]
    assert (second.top, second.sections) == ([], [])


# Two want one place ---------------------------------------------------------------------------------------------------
OVERLAPS = [((-1, 1), True), ((0, 2), True), ((-2, 2), True), ((-0.5, 0.5), True), ((-3, -1), False), ((1, 2), False)]


@pytest.mark.parametrize(("hours", "is_taken"), OVERLAPS)
def test_times_that_overlap_at_one_position_are_refused(hours, is_taken, stories):
    now = timezone.now()
    first = slot(stories[0], now=now)
    if not is_taken:
        slot(stories[1], now=now, hours=hours)
        return
    with pytest.raises(front.Taken) as refused:
        slot(stories[1], now=now, hours=hours)
    assert refused.value.by == first
    assert FrontSlot.objects.get() == first


def test_another_position_or_edition_is_free(stories, editor):
    turkish = factories.make_story(by=editor, language="tr", slug="haber")
    slot(stories[0], 1)
    slot(stories[1], 2)
    slot(turkish, 1)
    assert FrontSlot.objects.count() == 3


def test_a_slot_does_not_stand_in_its_own_way(stories):
    kept = slot(stories[0])
    kept.ends_at += HOUR
    assert front.put_in_slot(kept).ends_at == kept.ends_at


@pytest.mark.parametrize("how", ["insert", "move", "bring back"])
def test_the_database_refuses_an_overlap_too(how, stories, editor):
    kept = slot(stories[0])
    other = {"language": "en", "position": 1, "begins_at": kept.begins_at, "ends_at": kept.ends_at}
    with pytest.raises(IntegrityError), transaction.atomic():
        if how == "insert":
            FrontSlot.objects.create(article=stories[1], created_by=editor, **other)
        if how == "move":
            FrontSlot.objects.filter(pk=slot(stories[1], 2).pk).update(position=1)
        if how == "bring back":
            off = FrontSlot.objects.create(article=stories[1], created_by=editor, is_off=True, **other)
            FrontSlot.objects.filter(pk=off.pk).update(is_off=False)


def test_the_database_refuses_an_end_before_the_beginning_and_a_position_that_is_none(stories, editor):
    now = timezone.now()
    wrong = ({"hours": (1, 1)}, {"hours": (1, 0)}, {"position": 0}, {"position": POSITIONS + 1})
    for fields in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            slot(stories[0], now=now, **{"position": 1, **fields})
    for fields in ({"begins_at": now, "ends_at": now}, {"begins_at": now, "ends_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            BreakingBanner.objects.create(language="en", text="Water", created_by=editor, **fields)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_want_one_place_one_gets_it(stories):
    outcomes, ready = [], threading.Barrier(6)

    def want(story):
        ready.wait()
        try:
            slot(story)
            outcomes.append("put")
        except front.Taken:
            outcomes.append("taken")
        finally:
            close_old_connections()
            connection.close()

    racers = [threading.Thread(target=want, args=(story,)) for story in stories[:6]]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert sorted(outcomes) == ["put", *["taken"] * 5]
    assert FrontSlot.objects.count() == 1


# The banner -----------------------------------------------------------------------------------------------------------
def test_a_banner_stands_on_every_page_of_its_edition_while_it_lasts(reader, stories, editor):
    announce(by=editor)
    story = stories[0]
    tag = story.tags.first().get_absolute_url()
    addresses = ["/en/", "/en/sections/section-0/", tag, "/en/authors/dana-reporter/", story.get_absolute_url()]
    for address in [*addresses, "/en/corrections/"]:
        assert "Water at the bridge" in reader.get(address).text, address
    assert "Water at the bridge" not in reader.get("/tr/").text


@pytest.mark.parametrize(("hours", "is_off"), [((1, 2), False), ((-2, -1), False), ((-1, 1), True)])
def test_a_banner_before_its_time_after_it_or_taken_off_is_nowhere(hours, is_off, reader, story, editor):
    announce(by=editor, hours=hours, is_off=is_off)
    for address in ("/en/", story.get_absolute_url()):
        assert "Water at the bridge" not in reader.get(address).text


def test_the_last_banner_to_begin_is_shown_alone(reader, story, editor):
    announce("Older line", by=editor, hours=(-2, 1))
    announce("Newer line", by=editor, hours=(-1, 1))
    text = reader.get("/en/").text
    assert ("Newer line" in text, "Older line" in text) == (True, False)


def test_a_banner_leads_to_its_story_and_goes_with_it(reader, story, editor):
    announce(by=editor, article=story)
    assert re.search(rf'class="breaking".*?href="{story.get_absolute_url()}"', reader.get("/en/").text, re.DOTALL)
    publishing.withdraw(story, by=editor, reason="It was wrong.")
    assert "Water at the bridge" not in reader.get("/en/").text


def test_words_of_slot_and_banner_are_escaped(reader, story, editor):
    hostile = "<script>alert(1)</script>"
    announce(hostile, by=editor)
    slot(story, headline=hostile)
    text = reader.get("/en/").text
    assert "<script>alert" not in text
    assert text.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 2


def test_a_headline_of_the_front_page_is_on_the_front_page_only(reader, story, editor):
    slot(story, headline="Only in front")
    assert headlines(reader.get("/en/").text) == ["Only in front"]
    others = [
        "/en/sections/middle-east/",
        story.get_absolute_url(),
        "/en/feed.json",
        "/en/feed.rss",
        "/en/search/?q=river",
    ]
    assert [address for address in others if "Only in front" in reader.get(address).text] == []


# Stored pages ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def site(tmp_path):
    """``site(path)``: the page through its cache; ``site.rendered`` counts what was drawn."""
    django, drawn = WSGIHandler(), []

    def application(environ, start_response):
        drawn.append(environ["PATH_INFO"])
        return django(environ, start_response)

    cache = pages.PageCache(application, pages.FileStore(tmp_path / "pages"))
    cache.watch.sees = lambda: True

    def get(path: str) -> str:
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "HTTP_HOST": "localhost",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "http",
            "wsgi.errors": io.StringIO(),
            "wsgi.input": io.BytesIO(),
            "QUERY_STRING": "",
        }
        cache.watch.look()
        return b"".join(cache(environ, lambda *_told: None)).decode()

    get.drawn = drawn
    get.store = cache.store
    return get


def untils(store) -> list[float]:
    return [pages.Page.unpacked(file.read_bytes()).until for file in (store.folder / "pages").iterdir()]


@pytest.mark.django_db(transaction=True)
def test_a_stored_page_ends_where_a_slot_or_a_banner_begins_or_ends(site, story, editor):
    far = slot(story, hours=(0.25, 0.5))
    site("/en/")
    assert untils(site.store) == [pytest.approx(far.begins_at.timestamp(), abs=1e-3)]
    nearer = announce(by=editor, hours=(0.125, 0.25))
    site("/en/")
    assert untils(site.store) == [pytest.approx(nearer.begins_at.timestamp(), abs=1e-3)]
    site(story.get_absolute_url())
    assert sorted(untils(site.store))[1] == pytest.approx(nearer.begins_at.timestamp(), abs=1e-3)


@pytest.mark.django_db(transaction=True)
def test_saving_a_slot_or_a_banner_renews_the_pages_that_show_it(site, story, editor):
    for _twice in range(2):
        site("/en/"), site(story.get_absolute_url())
    assert len(site.drawn) == 2
    slot(story, headline="Only in front")
    assert "Only in front" in site("/en/")
    site(story.get_absolute_url())
    assert len(site.drawn) == 3
    announce(by=editor)
    assert "Water at the bridge" in site("/en/") and "Water at the bridge" in site(story.get_absolute_url())
    assert len(site.drawn) == 5


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_takes_the_banner_from_pages_that_are_not_its_storys(site, story, editor):
    other = factories.make_story(by=editor, slug="other", tags=["elsewhere"])
    announce(by=editor, article=story)
    assert "Water at the bridge" in site(other.get_absolute_url())
    publishing.withdraw(story, by=editor, reason="It was wrong.")
    time.sleep(0.01)
    assert "Water at the bridge" not in site(other.get_absolute_url())


# In the back office ---------------------------------------------------------------------------------------------------
def local(moment: datetime.datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def posted(story, **changes) -> dict:
    now = timezone.now()
    return {
        "article": story.pk,
        "position": 1,
        "begins_at": local(now),
        "ends_at": local(now + HOUR),
        "headline": "Kept words",
        **changes,
    }


def test_an_editor_puts_a_story_in_a_slot(as_, editor, story):
    response = as_(editor).post(f"{SLOTS}add/", posted(story))
    assert response.status_code == 302
    kept = FrontSlot.objects.get()
    assert (kept.article, kept.position, kept.language, kept.headline) == (story, 1, "en", "Kept words")
    assert (kept.created_by, kept.is_off, kept.ends_at - kept.begins_at) == (editor, False, HOUR)


def test_an_overlap_is_explained_and_what_was_typed_is_kept(as_, editor, stories):
    slot(stories[0])
    response = as_(editor).post(f"{SLOTS}add/", posted(stories[1]))
    assert response.status_code == 200
    assert "“Story 0” stands at position 1 of the English front page from" in response.text
    assert "Asia/Baghdad" in response.text
    assert "Kept words" in response.text
    assert FrontSlot.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("ends_at", "2020-01-01T10:00", "It must end after it begins."),
        ("ends_at", "", "This field is required."),
        ("begins_at", "soon", "Enter a valid date/time."),
        ("begins_at", "0001-01-01T00:00", "Choose a time of this century."),
        ("position", "8", "less than or equal to 7"),
        ("position", "0", "greater than or equal to 1"),
        ("position", "x", "Enter a whole number."),
        ("article", "987654", "valid choice"),
        ("article", "x", "valid choice"),
        ("headline", "Kept words" + "x" * 250, "at most 250 characters"),
        ("headline", "Kept words\x00", "Null characters"),
    ],
)
def test_a_refused_slot_says_why_and_keeps_what_was_typed(field, typed, said, as_, editor, story):
    response = as_(editor).post(f"{SLOTS}add/", posted(story, **{field: typed}))
    assert (response.status_code, FrontSlot.objects.count()) == (200, 0)
    assert said in response.text
    assert "Kept words" in response.text


def test_an_hour_that_happens_twice_or_never_is_refused_on_every_path(as_, editor, story, settings):
    settings.TIME_ZONE = "Europe/London"
    twice, never = "2030-10-27T01:30", "2030-03-31T01:30"
    browser = as_(editor)
    draft = factories.make_draft(by=editor, slug="draft")
    for typed, words in ((twice, "comes twice"), (never, "set forward")):
        line = {"language": "en", "text": "x", "begins_at": "2029-01-01T10:00", "ends_at": typed}
        answers = [
            browser.post(f"{SLOTS}add/", posted(story, begins_at=typed, ends_at="2031-01-01T10:00")),
            browser.post(f"{BANNERS}add/", line),
            browser.get(f"{SLOTS}preview/", {"language": "en", "at": typed}),
            browser.post(f"/admin/articles/article/{draft.pk}/step/schedule/", {"note": "", "time": typed}),
            browser.post(f"/admin/articles/article/{draft.pk}/step/set_embargo/", {"note": "", "time": typed}),
        ]
        assert [words in response.text for response in answers] == [True] * 5
        assert [typed in response.text for response in answers] == [True] * 5
    assert (FrontSlot.objects.count(), BreakingBanner.objects.count(), draft.status_changes.count()) == (0, 0, 0)


def test_an_editor_announces_and_must_say_until_when(as_, editor, story):
    browser, now = as_(editor), timezone.now()
    asked = {"language": "en", "text": "Kept words", "begins_at": local(now)}
    refused = browser.post(f"{BANNERS}add/", asked)
    assert ("Kept words" in refused.text, BreakingBanner.objects.count()) == (True, 0)
    backwards = browser.post(f"{BANNERS}add/", {**asked, "ends_at": local(now - HOUR)})
    assert ("It must end after it begins." in backwards.text, BreakingBanner.objects.count()) == (True, 0)
    assert browser.post(f"{BANNERS}add/", {**asked, "ends_at": local(now + HOUR)}).status_code == 302
    kept = BreakingBanner.objects.get()
    assert (kept.text, kept.created_by, kept.article) == ("Kept words", editor, None)


@pytest.mark.parametrize("base", [SLOTS, BANNERS])
def test_reporters_do_not_curate(base, as_, reporter, story, editor):
    kept = slot(story) if base == SLOTS else announce(by=editor)
    for address in (
        base,
        f"{base}add/",
        f"{base}{kept.pk}/change/",
        f"{SLOTS}preview/?language=en&at=2030-01-01T10:00",
    ):
        assert [as_(reporter).get(address).status_code, as_(reporter).post(address, posted(story)).status_code] == [
            403,
            403,
        ]
    assert FrontSlot.objects.count() + BreakingBanner.objects.count() == 1


# The page at six ------------------------------------------------------------------------------------------------------
def test_the_front_page_at_another_hour(as_, editor, stories):
    now = timezone.now()
    later = factories.make_draft(by=editor, headline="Scheduled for then", slug="later")
    publishing.schedule(later, by=editor, publish_at=now + 5 * HOUR)
    slot(later, 1, hours=(4, 8), headline="For six o'clock")
    announce("Banner of then", by=editor, hours=(5, 7))
    at = {hours: {"language": "en", "at": local(now + hours * HOUR)} for hours in (1, 6, 9)}
    shown = {hours: as_(editor).get(f"{SLOTS}preview/", asked) for hours, asked in at.items()}
    leads = [headlines(answer.text)[0] for answer in shown.values()]
    assert leads == ["Story 9", "For six o&#x27;clock", "Scheduled for then"]
    assert ["Banner of then" in answer.text for answer in shown.values()] == [False, True, False]
    assert f"{local(now + 6 * HOUR).replace('T', ' ')}</time> (Asia/Baghdad)" in shown[6].text


def test_the_preview_is_private_and_no_search_engine_s(as_, editor, reader, stranger, story):
    address = f"{SLOTS}preview/?language=en&at=2030-01-01T10:00"
    answer = as_(editor).get(address)
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
    assert answer["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in answer.text
    assert not getattr(answer, "page_keys", None)
    assert [reader.get(address).status_code, as_(stranger).get(address).status_code] == [302, 302]


def test_the_preview_of_another_edition_is_in_its_language_below_a_bar_in_ones_own(as_, editor):
    factories.make_story(by=editor, language="ar", headline="خبر", slug="x")
    text = as_(editor).get(f"{SLOTS}preview/", {"language": "ar", "at": "2030-01-01T10:00"}).text
    assert '<html lang="ar" dir="rtl">' in text
    assert re.search(r'class="preview-bar" lang="en" dir="ltr"', text)
    assert headlines(text) == ["خبر"]


NOWHEN = [{"language": "xx", "at": "2030-01-01T10:00"}, {"language": "en", "at": "six"}, {"language": "en"}]


@pytest.mark.parametrize("asked", NOWHEN)
def test_a_preview_of_nothing_asks_again(asked, as_, editor):
    answer = as_(editor).get(f"{SLOTS}preview/", asked)
    assert (answer.status_code, "errorlist" in answer.text) == (400, True)
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))


# What it costs --------------------------------------------------------------------------------------------------------
def test_the_front_page_costs_the_same_with_one_slot_and_with_seven(reader, stories, editor, django_assert_num_queries):
    announce(by=editor, article=stories[0])
    slot(stories[0])
    with django_assert_num_queries(13):
        reader.get("/en/")
    for position in range(2, POSITIONS + 1):
        slot(stories[position], position)
        slot(stories[position], position, hours=(1, 2))
        announce(by=editor, article=stories[position], hours=(position, position + 1))
    with django_assert_num_queries(13):
        reader.get("/en/")


@pytest.mark.parametrize(("base", "queries"), [(SLOTS, 10), (BANNERS, 10)])
def test_the_lists_cost_the_same_with_one_and_with_forty(base, queries, as_, editor, story, django_assert_num_queries):
    browser, found = as_(editor), []
    for count in (1, 39):
        for number in range(count):
            if base == SLOTS:
                slot(story, hours=(100 * count + number, 100 * count + number + 1))
            else:
                announce(f"Line {number}", by=editor, article=story)
        with django_assert_num_queries(queries) as asked:
            browser.get(base)
        found.append(len(asked))
    assert found[0] == found[1]
