"""The steps of the workflow as buttons of a story's form, and what they ask and refuse."""

import datetime
import re

import pytest
from django.utils import timezone

from articles import publishing, revisions
from articles.models import Article
from tests.articles.test_admin import LIST, change, step
from tests.factories import content, make_draft


def nothing(_story, _by):
    pass


def submit(story, by):
    publishing.submit(story, by=by)


def publish(story, by):
    publishing.publish(story, by=by)


def schedule(story, by):
    publishing.schedule(story, by=by, publish_at=timezone.now() + datetime.timedelta(hours=1))


def spike(story, by):
    publishing.spike(story, by=by)


def publish_and_save(story, by):
    publishing.publish(story, by=by)
    revisions.record(story, content(headline="Newer"), by=by)


def publish_and_submit(story, by):
    publish_and_save(story, by)
    publishing.submit_version(story, revisions.waiting(story), by=by)


STEPS = [
    ("submit", nothing, {"note": ""}, "submitted"),
    ("return", submit, {"note": "Name the source."}, "returned"),
    ("approve", submit, {"note": ""}, "approved"),
    ("publish", nothing, {"note": ""}, "published"),
    ("schedule", nothing, {"note": "", "time": "2030-01-01T10:00"}, "published"),
    ("release", publish_and_save, {"note": "", "substantive": "typo"}, "published"),
    ("correct", publish, {"note": "", "kind": "correction", "line": "It was Tuesday."}, "published"),
    ("submit_version", publish_and_save, {"note": ""}, "published"),
    ("return_version", publish_and_submit, {"note": "Name the source."}, "published"),
    ("approve_version", publish_and_submit, {"note": ""}, "published"),
    ("drop_version", publish_and_submit, {"note": ""}, "published"),
    ("withdraw", publish, {"note": "The source was mistaken."}, "withdrawn"),
    ("spike", nothing, {"note": ""}, "spiked"),
    ("unspike", spike, {"note": ""}, "draft"),
    ("set_embargo", nothing, {"note": "", "time": "2030-01-01T10:00"}, "draft"),
]


@pytest.mark.parametrize(("verb", "before", "posted", "after"), STEPS, ids=[row[0] for row in STEPS])
def test_a_step_asks_on_get_and_acts_on_post(verb, before, posted, after, as_, editor):
    story = make_draft(by=editor)
    before(story, editor)
    status, steps = story.status, story.status_changes.count()
    browser = as_(editor)
    assert step(story, verb) in browser.get(change(story)).text

    asked = browser.get(step(story, verb))
    assert asked.status_code == 200
    assert "<form" in asked.text and 'name="note"' in asked.text
    story.refresh_from_db()
    assert (story.status, story.status_changes.count()) == (status, steps)

    done = browser.post(step(story, verb), posted)
    assert (done.status_code, done["Location"]) == (302, change(story))
    story.refresh_from_db()
    taken = story.status_changes.last()
    assert (story.status, taken.verb, taken.by, taken.note) == (after, verb, editor, posted["note"])
    assert story.status_changes.count() == steps + 1


def test_a_step_is_refused_when_a_newer_version_came_meanwhile(as_, editor, story):
    revisions.record(story, content(headline="Newer"), by=editor)
    browser = as_(editor)
    page = browser.get(step(story, "release"))
    seen = re.search(r'name="version" value="(\d+)"', page.text)[1]
    revisions.record(story, content(headline="Newest"), by=editor)
    response = browser.post(step(story, "release"), {"note": "Typed", "substantive": "typo", "version": seen})
    assert response.status_code == 400
    assert "Revision 3 was saved meanwhile" in response.text and "Typed" in response.text
    story.refresh_from_db()
    assert story.headline == "The river rises"


def test_every_step_is_tried_above():
    assert [row[0] for row in STEPS] == list(publishing.STEPS)


def test_a_time_is_read_in_the_houses_zone(as_, editor):
    draft = make_draft(by=editor)
    as_(editor).post(step(draft, "schedule"), {"note": "", "time": "2030-01-01T10:00"})
    draft.refresh_from_db()
    assert draft.publish_at == datetime.datetime(2030, 1, 1, 7, tzinfo=datetime.UTC)  # Baghdad is three hours ahead
    assert 'value="2030-01-01T10:00"' in as_(editor).get(step(draft, "schedule")).text


def test_a_schedule_at_the_end_of_time_is_no_error_page(as_, editor, reader):
    draft = make_draft(by=editor)
    as_(editor).post(step(draft, "schedule"), {"note": "", "time": "9999-12-31T23:59"})
    assert as_(editor).get(change(draft)).status_code == 200
    assert reader.get(draft.get_absolute_url()).status_code == 404


def test_a_refused_step_says_why_and_keeps_the_note(as_, editor):
    bare = make_draft(by=editor, section_id=None)
    response = as_(editor).post(step(bare, "publish"), {"note": "Typed with care"})
    assert response.status_code == 400
    assert "The story has no section." in response.text
    assert "Typed with care" in response.text
    bare.refresh_from_db()
    assert bare.status == "draft"


@pytest.mark.parametrize(
    ("verb", "before", "posted"),
    [
        ("return", submit, {"note": "   "}),
        ("withdraw", publish, {"note": ""}),
        ("schedule", nothing, {"note": "Kept words", "time": "2020-01-01T10:00"}),
        ("schedule", nothing, {"note": "Kept words", "time": "soon"}),
        ("schedule", nothing, {"note": "Kept words", "time": ""}),
        ("schedule", nothing, {"note": "Kept words", "time": "0001-01-01T00:00"}),
        ("set_embargo", publish, {"note": "Kept words", "time": "2030-01-01T10:00"}),
        ("publish", publish, {"note": "Kept words"}),
        ("publish", nothing, {"note": "Kept words" + "x" * 1000}),
        ("publish", nothing, {"note": "Kept words\x00"}),
        ("release", publish, {"note": "Kept words", "substantive": "typo"}),
        ("release", publish_and_save, {"note": "Kept words", "substantive": "perhaps"}),
        ("release", publish_and_save, {"note": "Kept words", "substantive": "substantive", "kind": "update"}),
        ("correct", nothing, {"note": "", "kind": "correction", "line": "Kept words"}),
        ("correct", publish, {"note": "", "kind": "gossip", "line": "Kept words"}),
        ("correct", publish, {"note": "Kept words", "kind": "correction", "line": " "}),
        ("correct", publish, {"note": "", "kind": "correction", "line": "Kept words" + "x" * 2000}),
        ("correct", schedule, {"note": "", "kind": "correction", "line": "Kept words"}),
        ("withdraw", nothing, {"note": "Kept words"}),
        ("unspike", nothing, {"note": "Kept words"}),
    ],
)  # fmt: skip
def test_a_step_that_is_not_possible_is_a_400_and_changes_nothing(verb, before, posted, as_, editor):
    story = make_draft(by=editor)
    before(story, editor)
    was = Article.objects.values().get(pk=story.pk), story.status_changes.count()
    response = as_(editor).post(step(story, verb), posted)
    assert response.status_code == 400
    assert "errorlist" in response.text
    assert "Kept words" in response.text or "Kept words" not in str(posted)
    assert (Article.objects.values().get(pk=story.pk), story.status_changes.count()) == was


def test_a_step_of_no_story_or_no_name_is_refused(as_, editor, story):
    assert as_(editor).get(f"{LIST}987654/step/publish/").status_code == 404
    assert as_(editor).get(step(story, "delete")).status_code == 403
    assert as_(editor).get(f"{LIST}{10**30}/step/publish/").status_code == 404


def test_the_workflow_keeps_its_history_on_the_page(as_, editor, reporter):
    draft = make_draft(by=reporter)
    publishing.submit(draft, by=reporter)
    publishing.return_(draft, by=editor, note="Name the <source>.")
    page = as_(reporter).get(change(draft)).text
    assert "Name the &lt;source&gt;." in page
    assert step(draft, "submit") in page
    assert step(draft, "publish") not in page


def test_the_form_tells_the_steps_taken_in_the_words_of_the_buttons(as_, editor, reporter):
    story = make_draft(by=reporter)
    publishing.submit(story, by=reporter)
    page = as_(editor).get(change(story), headers={"Accept-Language": "tr"}).text
    assert f"Gönder – {reporter}" in page
