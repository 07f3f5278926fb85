import datetime

import pytest
from django.utils import timezone

from articles import publishing, revisions
from articles.models import Article, Revision, Status, StatusChange
from tests.factories import content, make_draft, make_story

HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def draft(reporter):
    return make_draft(by=reporter)


def test_a_story_goes_from_draft_to_withdrawn_and_every_step_is_kept(draft, reporter, editor):
    publishing.submit(draft, by=reporter)
    publishing.return_(draft, by=editor, note="Name the source.")
    publishing.submit(draft, by=reporter)
    publishing.approve(draft, by=editor)
    publishing.publish(draft, by=editor)
    publishing.withdraw(draft, by=editor, reason="The source was mistaken.")

    steps = StatusChange.objects.filter(article=draft).order_by("pk")
    assert [(step.verb, step.from_status, step.to_status, step.by, step.note) for step in steps] == [
        ("submit", "draft", "submitted", reporter, ""),
        ("return", "submitted", "returned", editor, "Name the source."),
        ("submit", "returned", "submitted", reporter, ""),
        ("approve", "submitted", "approved", editor, ""),
        ("publish", "approved", "published", editor, ""),
        ("withdraw", "published", "withdrawn", editor, "The source was mistaken."),
    ]


def test_publishing_makes_a_story_public_and_its_first_time_never_moves(draft, editor):
    published_at = timezone.now() - 2 * HOUR
    publishing.publish(draft, by=editor, at=published_at)
    publishing.withdraw(draft, by=editor, reason="A doubt.")
    publishing.publish(draft, by=editor)

    assert draft.is_public()
    assert draft.first_published_at == published_at
    assert (draft.withdrawn_at, draft.withdrawal_reason) == (None, "")


def test_a_scheduled_story_is_public_from_its_time_on_and_not_before(draft, editor):
    time = timezone.now() + HOUR
    publishing.schedule(draft, by=editor, publish_at=time)

    moments = [time - HOUR / 60, time, time + HOUR]
    assert [draft.is_public(moment) for moment in moments] == [False, True, True]
    assert [Article.objects.public(moment).count() for moment in moments] == [0, 1, 1]


def test_an_embargo_holds_a_published_story_back_until_both_have_passed(draft, editor):
    until = timezone.now() + 3 * HOUR
    publishing.set_embargo(draft, by=editor, until=until)
    publishing.schedule(draft, by=editor, publish_at=timezone.now(), at=timezone.now() - HOUR)

    assert draft.first_published_at == until
    assert [Article.objects.public(until - HOUR).count(), Article.objects.public(until).count()] == [0, 1]


def test_nothing_is_published_now_under_an_embargo(draft, editor):
    publishing.set_embargo(draft, by=editor, until=timezone.now() + HOUR)

    with pytest.raises(publishing.NotReady) as refused:
        publishing.publish(draft, by=editor)
    assert [problem.code for problem in refused.value.problems] == ["embargo"]
    publishing.publish(draft, by=editor, at=timezone.now() + 2 * HOUR)
    assert draft.status == "published"


def test_lifting_an_embargo_never_publishes(draft, editor):
    publishing.set_embargo(draft, by=editor, until=timezone.now() + HOUR)
    publishing.schedule(draft, by=editor, publish_at=timezone.now(), at=timezone.now() - HOUR)

    with pytest.raises(publishing.WrongStep):
        publishing.set_embargo(draft, by=editor, until=None)
    assert not Article.objects.public().exists()


def test_a_republished_story_waits_for_its_new_time(draft, editor):
    publishing.publish(draft, by=editor, at=timezone.now() - HOUR)
    publishing.withdraw(draft, by=editor, reason="A doubt.")
    publishing.schedule(draft, by=editor, publish_at=timezone.now() + HOUR)

    assert not draft.is_public()
    assert not Article.objects.public().exists()
    assert draft.is_public(timezone.now() + 2 * HOUR)


@pytest.mark.parametrize("status", Status.values)
@pytest.mark.parametrize("published_hours_ago", [-1, 0, 1])
@pytest.mark.parametrize("embargo_hours_ahead", [None, -1, 0, 1])
def test_is_public_in_python_says_what_the_query_says(reporter, status, published_hours_ago, embargo_hours_ahead):
    now = timezone.now()
    time = now - published_hours_ago * HOUR
    article = Article.objects.create(
        language="en",
        created_by=reporter,
        status=status,
        publish_at=time,
        first_published_at=time,
        withdrawn_at=now,
        withdrawal_reason="A doubt.",
        embargo_until=None if embargo_hours_ahead is None else now + embargo_hours_ahead * HOUR,
    )
    assert Article.objects.public(now).filter(pk=article.pk).exists() == article.is_public(now)


def test_a_story_that_lacks_something_is_not_published_and_says_what(reporter, editor):
    bare = make_draft(by=reporter, headline="", section_id=None, bylines=[], body="")
    with pytest.raises(publishing.NotReady) as refused:
        publishing.publish(bare, by=editor)
    assert [problem.code for problem in refused.value.problems] == ["headline", "section_id", "bylines", "body"]
    bare.refresh_from_db()
    assert bare.status == Status.DRAFT


def test_a_withdrawal_and_a_return_need_words(story, draft, editor, reporter):
    publishing.submit(draft, by=reporter)
    with pytest.raises(publishing.WrongStep):
        publishing.withdraw(story, by=editor, reason="  ")
    with pytest.raises(publishing.WrongStep):
        publishing.return_(draft, by=editor, note="")


def test_a_story_readers_had_can_be_neither_returned_nor_spiked(story, editor):
    for step in (publishing.spike, publishing.return_):
        with pytest.raises(publishing.WrongStep):
            step(story, by=editor, note="Away with it.")
    assert story.is_public()


def test_a_scheduled_story_can_go_back_and_loses_its_time(draft, editor):
    publishing.schedule(draft, by=editor, publish_at=timezone.now() + HOUR)
    publishing.return_(draft, by=editor, note="Not yet.")
    assert (draft.status, draft.publish_at, draft.first_published_at) == (Status.RETURNED, None, None)


def test_a_spiked_story_comes_back_as_a_draft(draft, editor):
    publishing.spike(draft, by=editor)
    publishing.unspike(draft, by=editor)
    assert draft.status == Status.DRAFT


def test_a_schedule_in_the_past_is_refused(draft, editor):
    with pytest.raises(publishing.WrongStep):
        publishing.schedule(draft, by=editor, publish_at=timezone.now() - HOUR)


@pytest.mark.parametrize("verb", ["approve", "publish", "spike"])
def test_a_reporter_submits_and_decides_nothing_else(draft, reporter, verb):
    with pytest.raises(publishing.NotPermitted):
        getattr(publishing, verb)(draft, by=reporter)
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_a_reporter_submits_own_stories_only(reporter, editor):
    foreign = make_draft(by=editor)
    with pytest.raises(publishing.NotPermitted):
        publishing.submit(foreign, by=reporter)


def test_moderators_and_admins_take_no_step(draft, moderator, lead, admin_person, stranger):
    for person in (moderator, lead, admin_person, stranger):
        assert publishing.possible_steps(person, draft) == []


def test_a_save_behind_a_live_story_changes_nothing_until_released(story, editor):
    revision = revisions.record(story, content(headline="The river falls"), by=editor)
    story.refresh_from_db()
    assert (story.headline, revision.state) == ("The river rises", Revision.State.WAITING)

    publishing.release(story, revision, by=editor)
    story.refresh_from_db()
    assert (story.headline, story.updated_at) == ("The river falls", None)
    assert revisions.waiting(story) is None


def test_a_substantive_release_moves_updated_and_a_typo_does_not(editor):
    story = make_story(by=editor, at=timezone.now() - HOUR)
    typo = revisions.record(story, content(headline="The river rises."), by=editor)
    publishing.release(story, typo, by=editor)
    assert not story.was_updated

    news = revisions.record(story, content(headline="The river falls"), by=editor)
    publishing.release(story, news, by=editor, substantive=True, line="The river has fallen since.")
    assert story.was_updated
    assert story.first_published_at < story.updated_at == story.corrections.get().at


def test_a_revision_is_released_once(story, editor):
    revision = revisions.record(story, content(headline="The river falls"), by=editor)
    publishing.release(story, revision, by=editor)
    revision.refresh_from_db()
    with pytest.raises(publishing.WrongStep):
        publishing.release(story, revision, by=editor)


def test_a_release_of_another_storys_revision_is_refused(story, editor):
    other = make_story(by=editor, slug="other")
    revision = revisions.record(other, content(headline="Elsewhere"), by=editor)
    with pytest.raises(publishing.WrongStep):
        publishing.release(story, revision, by=editor)


# A version behind a live story ----------------------------------------------------------------------------------------
@pytest.fixture
def own_live_story(reporter, editor):
    draft = make_draft(by=reporter)
    publishing.publish(draft, by=editor)
    return draft


def test_a_version_is_submitted_returned_submitted_approved_and_released(own_live_story, reporter, editor):
    story = own_live_story
    version = revisions.record(story, content(headline="Newer"), by=reporter)
    publishing.submit_version(story, version, by=reporter, note="Please look.")
    publishing.return_version(story, version, by=editor, note="Name the source.")
    assert revisions.waiting(story).state == "returned"
    better = revisions.record(story, content(headline="Newer, sourced"), by=reporter)
    assert better.state == "returned"
    publishing.submit_version(story, better, by=reporter)
    publishing.approve_version(story, better, by=editor)
    assert (revisions.waiting(story).state, story.headline) == ("approved", "The river rises")
    publishing.release(story, better, by=editor)
    assert (story.headline, story.status, revisions.waiting(story)) == ("Newer, sourced", "published", None)
    assert [change.verb for change in story.status_changes.all()] == [
        "publish",
        "submit_version",
        "return_version",
        "submit_version",
        "approve_version",
        "release",
    ]
    assert [revision.state for revision in story.revisions.order_by("number")] == ["saved", "released", "released"]


def test_an_approval_holds_for_the_very_text_that_was_approved(own_live_story, reporter, editor):
    version = revisions.record(own_live_story, content(headline="Newer"), by=reporter)
    publishing.approve_version(own_live_story, version, by=editor)
    assert revisions.record(own_live_story, content(headline="Editor's"), by=editor).state == "submitted"
    assert revisions.record(own_live_story, content(headline="Reporter's"), by=reporter).state == "waiting"


@pytest.mark.parametrize("verb", ["return_version", "approve_version", "drop_version"])
def test_a_reporter_only_submits_a_version(verb, own_live_story, reporter, editor):
    version = revisions.record(own_live_story, content(headline="Newer"), by=reporter)
    publishing.submit_version(own_live_story, version, by=reporter)
    with pytest.raises(publishing.NotPermitted):
        getattr(publishing, verb)(own_live_story, version, by=reporter, note="Because.")
    assert revisions.waiting(own_live_story).state == "submitted"
    getattr(publishing, verb)(own_live_story, version, by=editor, note="Because.")


def test_a_step_is_for_the_newest_version_only(own_live_story, reporter, editor):
    version = revisions.record(own_live_story, content(headline="Newer"), by=reporter)
    revisions.record(own_live_story, content(headline="Newest"), by=reporter)
    with pytest.raises(publishing.WrongStep):
        publishing.approve_version(own_live_story, version, by=editor)
    assert own_live_story.status_changes.count() == 1


def test_a_dropped_version_leaves_what_readers_have_and_stays_among_the_revisions(own_live_story, reporter, editor):
    version = revisions.record(own_live_story, content(headline="Newer"), by=reporter)
    publishing.drop_version(own_live_story, version, by=editor)
    assert revisions.waiting(own_live_story) is None
    assert revisions.current_content(own_live_story)["headline"] == "The river rises"
    assert [revision.state for revision in own_live_story.revisions.all()] == ["dropped", "saved"]
    assert revisions.live(own_live_story).number == 1


def test_the_steps_offered_follow_the_version(own_live_story, reporter, editor):
    def offered(person) -> set[str]:
        return {step.verb for step in publishing.possible_steps(person, own_live_story) if step.versions}

    assert (offered(reporter), offered(editor)) == (set(), set())
    version = revisions.record(own_live_story, content(headline="Newer"), by=reporter)
    assert offered(reporter) == {"submit_version"}
    assert offered(editor) == {"release", "submit_version", "approve_version", "drop_version"}
    publishing.submit_version(own_live_story, version, by=reporter)
    assert offered(reporter) == set()
    assert offered(editor) == {"release", "return_version", "approve_version", "drop_version"}


def test_a_story_that_ceases_to_be_live_holds_what_waited_behind_it(own_live_story, reporter, editor):
    revisions.record(own_live_story, content(headline="Newer", tags=["floods"]), by=reporter)
    publishing.withdraw(own_live_story, by=editor, reason="Wrong.")
    assert (own_live_story.headline, [tag.name for tag in own_live_story.tags.all()]) == ("Newer", ["floods"])
    assert revisions.waiting(own_live_story) is None
    publishing.publish(own_live_story, by=editor)
    assert own_live_story.headline == "Newer"
