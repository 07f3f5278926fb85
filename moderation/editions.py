"""Writing and publishing an edition of the guidelines: a draft is a copy of the one in force until a lead changes it.

``draft()``, ``rewrite()`` and ``publish()`` are the only writers; what is published, the database keeps as it is.
"""

import hashlib
import json
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comments.models import Guideline, GuidelineEdition, GuidelineWording
from moderation import ledger
from newsroom import languages, pages
from newsroom.models import User
from newsroom.roles import Role

MOST = 9


class EditionRefused(Exception):
    """Why an edition was not written or published, in words for the lead."""


class NotALead(EditionRefused):
    """Guidelines are the leads' to write."""


class IsPublished(EditionRefused):
    """The edition is in force or was: it never changes."""


class ChangedMeanwhile(EditionRefused):
    """Somebody else wrote in the draft since this lead read it."""


class Incomplete(EditionRefused):
    """``missing`` says what must be there before readers see it."""

    def __init__(self, missing: list[str]):
        self.missing = missing
        super().__init__(_("Not complete: %(missing)s") % {"missing": "; ".join(missing)})


@dataclass
class Ground:
    """One guideline of an edition in words: ``wordings`` are (title, text) by language."""

    code: str
    wordings: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass
class Words:
    """All that an edition says. ``grounds`` stand in the order of their keys; the reserved one stands apart."""

    introduction: dict[str, str] = field(default_factory=dict)
    grounds: list[Ground] = field(default_factory=list)
    reserved: Ground = field(default_factory=lambda: Ground(Guideline.UNLAWFUL))

    @property
    def every_ground(self) -> list[Ground]:
        return [*self.grounds, self.reserved]

    @property
    def digest(self) -> str:
        """16 hexadecimal digits that change with any word: whoever saves says which ones they had read."""
        said = [self.introduction, [[ground.code, ground.wordings] for ground in self.every_ground]]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def words_of(edition: GuidelineEdition) -> Words:
    """What ``edition`` says. Three queries."""
    introduction = {row.language: row.text for row in edition.wordings.filter(guideline__isnull=True)}
    words = Words(introduction)
    for guideline in edition.guidelines.prefetch_related("wordings").order_by("position"):
        wordings = {row.language: (row.title, row.text) for row in guideline.wordings.all()}
        ground = Ground(guideline.code, wordings)
        if guideline.code == Guideline.UNLAWFUL:
            words.reserved = ground
        else:
            words.grounds.append(ground)
    return words


def draft(*, by: User) -> GuidelineEdition:
    """The one draft there is, else a new one with the words of the edition in force. Raises NotALead."""
    _check_lead(by)
    drafts = GuidelineEdition.objects.filter(published_at__isnull=True).order_by("number")
    try:
        with transaction.atomic():
            there = drafts.first()
            if there is not None:
                return there
            newest = GuidelineEdition.objects.order_by("-number").values_list("number", flat=True).first() or 0
            made = GuidelineEdition.objects.create(number=newest + 1)
            _write(made, words_of(GuidelineEdition.objects.in_force()))
            return made
    except IntegrityError:  # somebody made it at the same moment
        return drafts[:1].get()


def rewrite(edition: GuidelineEdition, words: Words, *, by: User, seen: str) -> None:
    """Let the draft say ``words``; ``seen`` is the digest of what this lead had read.

    Raises NotALead, IsPublished, ChangedMeanwhile or EditionRefused (codes); nothing is written then.
    """
    _check_lead(by)
    _check_codes(words)
    with transaction.atomic():
        locked = _locked_draft(edition)
        if words_of(locked).digest != seen:
            raise ChangedMeanwhile(_("Somebody else has changed the draft meanwhile. Your words are still here."))
        locked.wordings.all().delete()
        locked.guidelines.all().delete()
        _write(locked, words)


def publish(edition: GuidelineEdition, *, by: User, seen: str | None = None) -> GuidelineEdition:
    """Put the draft in force, for good. ``seen`` is the digest of what this lead had read, if they read it.

    Raises NotALead, IsPublished, ChangedMeanwhile or Incomplete; of leads who race one publishes.
    """
    _check_lead(by)
    with transaction.atomic():
        ledger.lock_chain()  # a decision is taken before or after, and cites what is in force then
        locked = _locked_draft(edition)
        if seen is not None and words_of(locked).digest != seen:
            raise ChangedMeanwhile(_("Somebody else has changed the draft meanwhile. Please read it again."))
        if lacking := missing(locked):
            raise Incomplete(lacking)
        if GuidelineEdition.objects.published().filter(number__gt=locked.number).exists():
            raise EditionRefused(_("A later edition is in force already."))
        waiting = GuidelineEdition.objects.filter(pk=locked.pk, published_at__isnull=True)
        if not waiting.update(published_at=timezone.now(), published_by=by):
            raise IsPublished(_("This edition is published already."))
        pages.changed("house", "guidelines")  # every story shows the policy beside its form
    edition.refresh_from_db()
    return edition


def missing(edition: GuidelineEdition) -> list[str]:
    """What ``edition`` lacks before it can be published, each in a few words."""
    words = words_of(edition)
    lacking = [] if words.grounds else [_("at least one guideline")]
    for language in languages.LANGUAGES:
        lacking += [f"{language.own_name}: {what}" for what in lacking_in(words, language.code)]
    return lacking


def lacking_in(words: Words, language: str) -> list[str]:
    """What ``words`` do not say in ``language``."""
    lacking = [] if words.introduction.get(language, "").strip() else [_("the introduction")]
    for ground in words.every_ground:
        title, text = ground.wordings.get(language, ("", ""))
        lacking += [] if title.strip() else [_("the title of %(code)s") % {"code": ground.code}]
        lacking += [] if text.strip() else [_("the text of %(code)s") % {"code": ground.code}]
    return lacking


_BAD_CODES = gettext_lazy("Every guideline needs a code of its own: small letters, digits and hyphens.")


def _check_codes(words: Words) -> None:
    codes = [ground.code for ground in words.grounds]
    if len(codes) > MOST:
        raise EditionRefused(_("At most nine guidelines: each has a key from 1 to 9."))
    if len(set(codes)) != len(codes) or Guideline.UNLAWFUL in codes or not all(map(is_code, codes)):
        raise EditionRefused(_BAD_CODES)


def is_code(written: str) -> bool:
    """Whether ``written`` can stand in addresses and forms for good."""
    plain = written.isascii() and written.replace("-", "").isalnum() and written == written.lower()
    return plain and len(written) <= 40 and not written.startswith("-")


def _check_lead(person: User) -> None:
    if not person.is_(Role.MODERATION_LEAD):
        raise NotALead(_("Only moderation leads write guidelines."))


def _locked_draft(edition: GuidelineEdition) -> GuidelineEdition:
    locked = GuidelineEdition.objects.select_for_update().get(pk=edition.pk)
    if not locked.is_draft:
        raise IsPublished(_("This edition is published: it never changes. Begin a new one."))
    return locked


def _write(edition: GuidelineEdition, words: Words) -> None:
    rows = [GuidelineWording(edition=edition, language=code, text=text) for code, text in words.introduction.items()]
    for position, ground in enumerate([words.reserved, *words.grounds]):
        guideline = Guideline.objects.create(edition=edition, code=ground.code, position=position)
        rows += [
            GuidelineWording(edition=edition, guideline=guideline, language=code, title=title, text=text)
            for code, (title, text) in ground.wordings.items()
        ]
    GuidelineWording.objects.bulk_create(row for row in rows if row.title or row.text)
