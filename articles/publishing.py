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

from articles import access, checklist, revisions, search
from articles.models import Article, Correction, Revision, Status, StatusChange
from articles.models.correction import USUAL_PLACE
from articles.pagekeys import all_keys, corrections_key
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
    """A verb's row in the workflow: from where to where, and the permission it asks for.

    ``versions`` are the states in which the step takes the version that waits behind a live story; () for a step that
    takes the story itself.
    """

    verb: str
    label: str
    sources: tuple[Status, ...]
    target: Status
    permission: str
    versions: tuple[Revision.State, ...] = ()


_UNPUBLISHED = (Status.DRAFT, Status.RETURNED, Status.SUBMITTED, Status.APPROVED)
_PUBLISH = "articles.publish_article"
_State = Revision.State
_SUBMIT = "articles.submit_article"

STEPS: dict[str, Step] = {
    step.verb: step
    for step in (
        Step("submit", _("Submit"), (Status.DRAFT, Status.RETURNED), Status.SUBMITTED, _SUBMIT),
        Step("return", _("Return"), (Status.SUBMITTED, Status.APPROVED, Status.PUBLISHED), Status.RETURNED, _PUBLISH),
        Step("approve", _("Approve"), (Status.DRAFT, Status.RETURNED, Status.SUBMITTED), Status.APPROVED, _PUBLISH),
        Step("publish", _("Publish"), (*_UNPUBLISHED, Status.WITHDRAWN), Status.PUBLISHED, _PUBLISH),
        Step(
            "schedule", _("Schedule"), (*_UNPUBLISHED, Status.WITHDRAWN, Status.PUBLISHED), Status.PUBLISHED, _PUBLISH
        ),
        Step("release", _("Release"), (Status.PUBLISHED,), Status.PUBLISHED, _PUBLISH, Revision.BEHIND),
        Step("correct", _("File a correction"), (Status.PUBLISHED,), Status.PUBLISHED, "articles.add_correction"),
        Step(
            "submit_version",
            _("Submit this version"),
            (Status.PUBLISHED,),
            Status.PUBLISHED,
            "articles.submit_article",
            (_State.WAITING, _State.RETURNED),
        ),
        Step(
            "return_version",
            _("Return this version"),
            (Status.PUBLISHED,),
            Status.PUBLISHED,
            _PUBLISH,
            (_State.SUBMITTED, _State.APPROVED),
        ),
        Step(
            "approve_version",
            _("Approve this version"),
            (Status.PUBLISHED,),
            Status.PUBLISHED,
            _PUBLISH,
            (_State.WAITING, _State.RETURNED, _State.SUBMITTED),
        ),
        Step("drop_version", _("Drop this version"), (Status.PUBLISHED,), Status.PUBLISHED, _PUBLISH, Revision.BEHIND),
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
    """Whether ``user`` holds the permission of ``verb`` on this story: editors in their sections' stories; anybody who
    may submit, submits their own."""
    step = STEPS[verb]
    if not user.has_perm(step.permission):
        return False
    if user.has_perm(_PUBLISH) and access.works_in(user, article.section_id):
        return True
    return step.permission == _SUBMIT and article.created_by_id == user.pk


def may_edit(user, article: Article) -> bool:
    """Whether ``user`` may write in this story: editors in any of their sections, reporters in their own before it is
    handed on; so may an editor in an own story that lies in a section they do not work in.

    What a reporter writes behind their own live story waits for an editor's release.
    """
    if article.status == Status.SPIKED:
        return False
    if user.has_perm("articles.change_article") and access.works_in(user, article.section_id):
        return True
    if article.created_by_id != user.pk or article.status not in (Status.DRAFT, Status.RETURNED, Status.PUBLISHED):
        return False
    return user.has_perm("articles.change_own_article") or user.has_perm("articles.change_article")


def possible_steps(user, article: Article, *, at: datetime.datetime | None = None) -> list[Step]:
    """The steps ``user`` could take with ``article`` now, in the table's order."""
    at = at or timezone.now()
    version = revisions.waiting(article) if article.is_live else None
    return [
        step
        for step in STEPS.values()
        if may(user, step.verb, article)
        and _starts_here(step, article, at)
        and (not step.versions or (version is not None and version.state in step.versions))
    ]


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
    """Publish now. Raises NotReady with the checklist's blockers; an embargo that still holds is one."""
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
    line: str = "",
    kind: str = Correction.Kind.UPDATE,
    place: str = "",
    note: str = "",
    at: datetime.datetime | None = None,
) -> StatusChange:
    """Give readers ``revision`` of a live story.

    A ``substantive`` change of a story that readers had moves "updated" and needs a ``line`` that tells them what
    changed, kept as a correction of that ``kind`` (see ``correct``). Before readers had it there is nothing to tell.
    """
    at = at or timezone.now()
    with transaction.atomic():
        locked = _locked(article)
        revision.refresh_from_db(fields=["state"])
        if revision.article_id != locked.pk or not revision.is_behind:
            raise WrongStep(_("That revision is not waiting for release any more."))
        if not access.works_in(by, revision.content["section_id"]):
            raise NotPermitted(_("This version moves the story to a section you do not work in."))
        _require_ready(revision.content)
        tells = substantive and locked.is_public(at)
        if tells:
            _require_words(line, _("A substantive change needs a line that tells readers what changed."))
        step = _take(locked, "release", by=by, note=note, at=at, **({"updated_at": at} if tells else {}))
        revisions.apply(locked, revision.content)
        pages.changed(*all_keys(locked))  # with its new section, tags and authors; _take told of the old ones
        search.index(locked)
        locked.revisions.filter(state__in=Revision.BEHIND, number__lte=revision.number).update(
            state=Revision.State.RELEASED
        )
        if tells:
            _tell_readers(locked, line, kind=kind, place=place, by=by, at=at)
        article.refresh_from_db()
        return step


def correct(
    article: Article,
    *,
    line: str,
    by,
    kind: str = Correction.Kind.CORRECTION,
    place: str = "",
    note: str = "",
    at: datetime.datetime | None = None,
) -> StatusChange:
    """Tell readers of a public story what was wrong or has changed: ``line``, plain text in the story's language.

    ``kind`` is a ``Correction.Kind``; ``place`` a ``Correction.Place``, "" for the usual one of the kind. What was
    filed never changes; a wrong one is followed by another. Moves "updated".
    """
    _require_words(line, _("Write what readers should know."))
    at = at or timezone.now()
    with transaction.atomic():
        step = _take(article, "correct", by=by, note=note, at=at, updated_at=at)
        _tell_readers(article, line, kind=kind, place=place, by=by, at=at)
        return step


def _tell_readers(article: Article, line: str, *, kind: str, place: str, by, at: datetime.datetime) -> None:
    """Write the correction, in the transaction of the step it belongs to."""
    kind = Correction.Kind(kind)
    place = Correction.Place(place) if place else USUAL_PLACE[kind]
    Correction.objects.create(article=article, kind=kind, place=place, text=line.strip(), by=by, at=at)
    pages.changed(corrections_key(article.language))


def submit_version(
    article: Article, revision: Revision, *, by, note: str = "", at: datetime.datetime | None = None
) -> StatusChange:
    """Hand the version that waits behind a live story to the editors."""
    return _take_version(article, revision, "submit_version", Revision.State.SUBMITTED, by=by, note=note, at=at)


def return_version(
    article: Article, revision: Revision, *, by, note: str, at: datetime.datetime | None = None
) -> StatusChange:
    """Give a submitted version back to its writer, with a ``note`` that says why."""
    _require_words(note, _("Say in a note why the version goes back."))
    return _take_version(article, revision, "return_version", Revision.State.RETURNED, by=by, note=note, at=at)


def approve_version(
    article: Article, revision: Revision, *, by, note: str = "", at: datetime.datetime | None = None
) -> StatusChange:
    """Find a version ready for release, and leave the time to somebody. Holds for this very version."""
    return _take_version(article, revision, "approve_version", Revision.State.APPROVED, by=by, note=note, at=at)


def drop_version(
    article: Article, revision: Revision, *, by, note: str = "", at: datetime.datetime | None = None
) -> StatusChange:
    """Give up everything that waits behind a live story; it stays among the revisions and can be restored."""
    with transaction.atomic():
        change = _take_version(article, revision, "drop_version", Revision.State.DROPPED, by=by, note=note, at=at)
        article.revisions.filter(state__in=Revision.BEHIND).update(state=Revision.State.DROPPED)
        return change


def _take_version(
    article: Article,
    revision: Revision,
    verb: str,
    state: Revision.State,
    *,
    by,
    note: str,
    at: datetime.datetime | None,
) -> StatusChange:
    """Take a step with the newest version behind a live story. Readers' pages stay as they are."""
    with transaction.atomic():
        locked = _locked(article)
        newest = revisions.waiting(locked)
        if newest is None or newest.pk != revision.pk:
            raise WrongStep(_("This is not the newest version any more. Look at the newest one first."))
        if newest.state not in STEPS[verb].versions:
            raise WrongStep(
                _("“%(verb)s” is not possible: the version is %(state)s.")
                % {"verb": STEPS[verb].label, "state": newest.get_state_display()}
            )
        change = _take(locked, verb, by=by, note=note, at=at)
        Revision.objects.filter(pk=newest.pk).update(state=state)
        revision.state = state
    article.refresh_from_db()
    return change


def _take(article: Article, verb: str, *, by, note: str, at: datetime.datetime | None, **changes) -> StatusChange:
    """Check and take one step: the one place where a status, its times and its log row are written."""
    at = at or timezone.now()
    step = STEPS[verb]
    with transaction.atomic():
        locked = _locked(article)
        _check(step, locked, by=by, at=at)
        came_from, target = locked.status, _target(step, locked)
        if target == Status.PUBLISHED and verb in ("publish", "schedule"):
            _require_ready(revisions.snapshot(locked), locked if verb == "publish" else None, at)
        for field, value in changes.items():
            setattr(locked, field, value)
        locked.status = target
        _settle_times(locked, came_from, at)
        if came_from == Status.PUBLISHED != target:
            pages.changed(*all_keys(locked))  # of what the row held until now
            revisions.settle(locked)
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
    if step.verb == "correct":
        return article.is_public(at)
    # Once readers have had a story it is withdrawn, with a reason they can read; it no longer just goes back.
    readers_had_it = article.first_published_at is not None and article.first_published_at <= at
    if step.verb in ("return", "spike"):
        return not readers_had_it
    return readers_had_it if step.verb == "withdraw" else True


def _target(step: Step, article: Article) -> str:
    return article.status if step.versions or step.verb in ("set_embargo", "correct") else step.target


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


def _require_ready(content, article: Article | None = None, at: datetime.datetime | None = None) -> None:
    problems = checklist.blockers(content, article=article, at=at)
    if problems:
        raise NotReady(problems)


def _require_words(text: str, message: str) -> None:
    if not text.strip():
        raise WrongStep(message)
