"""The only writer of a story's status. One verb for each step a story can take.

Every verb takes the story, ``by`` (the person acting) and ``at`` (an aware time, default now); it checks the person's
permission on that story, the step and the story's readiness, writes a ``StatusChange`` in the same transaction and
returns it. Verbs raise ``NotPermitted``, ``WrongStep`` or ``NotReady``; nothing is written then.
"""

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles import checklist, revisions, search
from articles.models import Article, Revision, Status, StatusChange
from articles.pagekeys import all_keys
from newsroom import pages


class PublishingError(Exception):
    """Why a verb was refused; its text is for the person who asked."""


class NotPermitted(PublishingError):
    """This person may not do this to this story."""


class WrongStep(PublishingError):
    """The story is not where this step starts."""


class NotReady(PublishingError):
    """The story lacks something readers need; ``problems`` lists what."""

    def __init__(self, problems: list[checklist.Problem]):
        super().__init__(" ".join(str(problem.message) for problem in problems))
        self.problems = problems


@dataclass(frozen=True)
class Step:
    """A verb's row in the workflow: from where to where, and the permission it asks for."""

    verb: str
    label: str
    sources: tuple[Status, ...]
    target: Status
    permission: str


_UNPUBLISHED = (Status.DRAFT, Status.RETURNED, Status.SUBMITTED, Status.APPROVED)
_PUBLISH = "articles.publish_article"

STEPS: dict[str, Step] = {
    step.verb: step
    for step in (
        Step("submit", _("Submit"), (Status.DRAFT, Status.RETURNED), Status.SUBMITTED, "articles.submit_article"),
        Step("return", _("Return"), (Status.SUBMITTED, Status.APPROVED, Status.PUBLISHED), Status.RETURNED, _PUBLISH),
        Step("approve", _("Approve"), (Status.DRAFT, Status.RETURNED, Status.SUBMITTED), Status.APPROVED, _PUBLISH),
        Step("publish", _("Publish"), (*_UNPUBLISHED, Status.WITHDRAWN), Status.PUBLISHED, _PUBLISH),
        Step(
            "schedule", _("Schedule"), (*_UNPUBLISHED, Status.WITHDRAWN, Status.PUBLISHED), Status.PUBLISHED, _PUBLISH
        ),
        Step("release", _("Release"), (Status.PUBLISHED,), Status.PUBLISHED, _PUBLISH),
        Step("withdraw", _("Withdraw"), (Status.PUBLISHED,), Status.WITHDRAWN, _PUBLISH),
        Step("spike", _("Spike"), (*_UNPUBLISHED, Status.PUBLISHED), Status.SPIKED, _PUBLISH),
        Step("unspike", _("Unspike"), (Status.SPIKED,), Status.DRAFT, _PUBLISH),
        Step(
            "set_embargo",
            _("Set embargo"),
            (*_UNPUBLISHED, Status.PUBLISHED, Status.WITHDRAWN),
            Status.DRAFT,
            "articles.embargo_article",
        ),
    )
}


def may(user, verb: str, article: Article) -> bool:
    """Whether ``user`` holds the permission of ``verb`` on this story; reporters submit only their own."""
    step = STEPS[verb]
    if not user.has_perm(step.permission):
        return False
    return user.has_perm(_PUBLISH) or article.created_by_id == user.pk


def may_edit(user, article: Article) -> bool:
    """Whether ``user`` may write in this story: editors in any, reporters in their own before it is handed on.

    What a reporter writes behind their own live story waits for an editor's release.
    """
    if article.status == Status.SPIKED:
        return False
    if user.has_perm("articles.change_article"):
        return True
    in_hand = article.status in (Status.DRAFT, Status.RETURNED, Status.PUBLISHED)
    return in_hand and user.has_perm("articles.change_own_article") and article.created_by_id == user.pk


def possible_steps(user, article: Article, *, at: datetime.datetime | None = None) -> list[Step]:
    """The steps ``user`` could take with ``article`` now, in the table's order."""
    at = at or timezone.now()
    return [step for step in STEPS.values() if may(user, step.verb, article) and _starts_here(step, article, at)]


def submit(article: Article, *, by, note: str = "", at: datetime.datetime | None = None) -> StatusChange:
    """Hand a story to the editors."""
    return _take(article, "submit", by=by, note=note, at=at)


def return_(article: Article, *, by, note: str, at: datetime.datetime | None = None) -> StatusChange:
    """Give a story that is not public yet back to its reporter, with a ``note`` that says why."""
    _require_words(note, _("Say in a note why the story goes back."))
    return _take(article, "return", by=by, note=note, at=at)


def approve(article: Article, *, by, note: str = "", at: datetime.datetime | None = None) -> StatusChange:
    """Find a story ready for publication, and leave the time to somebody."""
    return _take(article, "approve", by=by, note=note, at=at)


def publish(article: Article, *, by, note: str = "", at: datetime.datetime | None = None) -> StatusChange:
    """Publish now, or when the embargo ends if that is later. Raises NotReady with the checklist's blockers."""
    at = at or timezone.now()
    return _take(article, "publish", by=by, note=note, at=at, publish_at=at)


def schedule(
    article: Article, *, publish_at: datetime.datetime, by, note: str = "", at: datetime.datetime | None = None
) -> StatusChange:
    """Publish at ``publish_at`` (aware, in the future); a story already scheduled moves to that time."""
    at = at or timezone.now()
    if publish_at <= at:
        raise WrongStep(_("That time has passed. Choose a later one, or publish now."))
    return _take(article, "schedule", by=by, note=note, at=at, publish_at=publish_at)


def withdraw(article: Article, *, reason: str, by, at: datetime.datetime | None = None) -> StatusChange:
    """Take a public story back; its address then answers 410 with ``reason`` and the date."""
    _require_words(reason, _("Give the reason: readers will see it at the story's address."))
    at = at or timezone.now()
    return _take(article, "withdraw", by=by, note=reason, at=at, withdrawn_at=at, withdrawal_reason=reason)


def spike(article: Article, *, by, note: str = "", at: datetime.datetime | None = None) -> StatusChange:
    """Drop a story that was never public; it can be unspiked."""
    return _take(article, "spike", by=by, note=note, at=at)


def unspike(article: Article, *, by, note: str = "", at: datetime.datetime | None = None) -> StatusChange:
    """Bring a spiked story back as a draft."""
    return _take(article, "unspike", by=by, note=note, at=at)


def set_embargo(
    article: Article, *, until: datetime.datetime | None, by, note: str = "", at: datetime.datetime | None = None
) -> StatusChange:
    """Set, move or lift (``until=None``) the embargo of a story that is not public.

    Lifting one never publishes: a story whose publish time has passed must be published or scheduled instead.
    """
    at = at or timezone.now()
    with transaction.atomic():
        locked = _locked(article)
        would_be_public = locked.is_live and max(locked.publish_at, until or locked.publish_at) <= at
        if would_be_public:
            raise WrongStep(_("This would publish the story at once. Return or schedule it first, then publish it."))
        return _take(locked, "set_embargo", by=by, note=note, at=at, embargo_until=until)


def release(
    article: Article,
    revision: Revision,
    *,
    by,
    substantive: bool = False,
    note: str = "",
    at: datetime.datetime | None = None,
) -> StatusChange:
    """Give readers ``revision`` of a live story. Only a ``substantive`` change moves "updated"."""
    at = at or timezone.now()
    with transaction.atomic():
        locked = _locked(article)
        if revision.article_id != locked.pk or revision.state != Revision.State.WAITING:
            raise WrongStep(_("That revision is not waiting for release any more."))
        _require_ready(revision.content)
        changed = {"updated_at": max(at, locked.first_published_at)} if substantive and locked.is_live else {}
        step = _take(locked, "release", by=by, note=note, at=at, **changed)
        revisions.apply(locked, revision.content)
        pages.changed(*all_keys(locked))  # with its new section, tags and authors; _take told of the old ones
        search.index(locked)
        locked.revisions.filter(state=Revision.State.WAITING, number__lte=revision.number).update(
            state=Revision.State.RELEASED
        )
        article.refresh_from_db()
        return step


def _take(article: Article, verb: str, *, by, note: str, at: datetime.datetime | None, **changes) -> StatusChange:
    """Check and take one step: the one place where a status, its times and its log row are written."""
    at = at or timezone.now()
    step = STEPS[verb]
    with transaction.atomic():
        locked = _locked(article)
        _check(step, locked, by=by, at=at)
        came_from, target = locked.status, _target(step, locked)
        if target == Status.PUBLISHED and verb in ("publish", "schedule"):
            _require_ready(revisions.snapshot(locked))
        for field, value in changes.items():
            setattr(locked, field, value)
        locked.status = target
        _settle_times(locked, came_from, at)
        locked.save()
        pages.changed(*all_keys(locked))
        search.index(locked)
        change = StatusChange.objects.create(
            article=locked, verb=verb, from_status=came_from, to_status=target, note=note, at=at, by=by
        )
    article.refresh_from_db()
    return change


def _locked(article: Article) -> Article:
    return Article.objects.select_for_update().get(pk=article.pk)


def _check(step: Step, article: Article, *, by, at: datetime.datetime) -> None:
    if not may(by, step.verb, article):
        raise NotPermitted(_("You may not do this with this story."))
    if not _starts_here(step, article, at):
        raise WrongStep(
            _("“%(verb)s” is not possible: the story is %(status)s.")
            % {"verb": step.label, "status": article.get_status_display()}
        )


def _starts_here(step: Step, article: Article, at: datetime.datetime) -> bool:
    """Whether ``article`` stands where ``step`` starts, at ``at``."""
    if article.status not in step.sources:
        return False
    if step.verb in ("schedule", "set_embargo"):
        return not article.is_public(at)
    # Once readers have had a story it is withdrawn, with a reason they can read; it no longer just goes back.
    readers_had_it = article.first_published_at is not None and article.first_published_at <= at
    if step.verb in ("return", "spike"):
        return not readers_had_it
    return readers_had_it if step.verb == "withdraw" else True


def _target(step: Step, article: Article) -> str:
    return article.status if step.verb in ("set_embargo", "release") else step.target


def _settle_times(article: Article, came_from: str, at: datetime.datetime) -> None:
    """``first_published_at`` is the later of publish time and embargo, and never moves once past."""
    if article.status not in (Status.PUBLISHED, Status.WITHDRAWN):
        article.publish_at = article.first_published_at = None
    if article.status != Status.PUBLISHED:
        return
    already_public = article.first_published_at is not None and article.first_published_at <= at
    if not already_public:
        article.first_published_at = max(filter(None, (article.publish_at, article.embargo_until)))
    if came_from == Status.WITHDRAWN:
        article.withdrawn_at, article.withdrawal_reason = None, ""


def _require_ready(content) -> None:
    problems = checklist.blockers(content)
    if problems:
        raise NotReady(problems)


def _require_words(text: str, message: str) -> None:
    if not text.strip():
        raise WrongStep(message)
