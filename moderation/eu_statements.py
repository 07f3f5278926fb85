"""Statements of reasons in the fields of the EU's DSA Transparency Database: see ``docs/eu-statements.md``.

Field names and values follow the database's public API documentation (version 2, from July 2025). They are not verified
against an official schema. Nothing personal goes out: neither text nor note, neither reader nor moderator.
"""

import datetime
from collections.abc import Iterator

from django.db.models import Exists, OuterRef, QuerySet

from comments.models import Guideline
from moderation.models import Decision, ReportAnswer, Verdict
from newsroom import mail
from newsroom.addresses import reverse_in

FIELDS = (
    "decision_visibility",
    "decision_visibility_other",
    "decision_monetary",
    "decision_provision",
    "decision_account",
    "account_type",
    "decision_ground",
    "decision_ground_reference_url",
    "illegal_content_legal_ground",
    "illegal_content_explanation",
    "incompatible_content_ground",
    "incompatible_content_explanation",
    "incompatible_content_illegal",
    "content_type",
    "category",
    "category_addition",
    "category_specification",
    "territorial_scope",
    "content_language",
    "content_date",
    "application_date",
    "decision_facts",
    "source_type",
    "source_identity",
    "automated_detection",
    "automated_decision",
    "puid",
)
# A comment that was never shown has no visible copy to remove: access to it is disabled.
VISIBILITY = {
    Verdict.REJECTED: "DECISION_VISIBILITY_CONTENT_DISABLED",
    Verdict.REMOVED: "DECISION_VISIBILITY_CONTENT_REMOVED",
}
CATEGORIES = {
    "profanity": "STATEMENT_CATEGORY_OTHER_VIOLATION_TC",
    "threats": "STATEMENT_CATEGORY_VIOLENCE",
    "personal-attacks": "STATEMENT_CATEGORY_CYBER_VIOLENCE",
    "vulgarity": "STATEMENT_CATEGORY_OTHER_VIOLATION_TC",
    "abuse": "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH",
    "promotion": "STATEMENT_CATEGORY_OTHER_VIOLATION_TC",
    Guideline.UNLAWFUL: "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH",
}
OTHER_CATEGORY = "STATEMENT_CATEGORY_OTHER_VIOLATION_TC"
# ISO 639-1, in capitals; Sorani and Kurmanji share one code there.
LANGUAGES = {"en": "EN", "ar": "AR", "ckb": "KU", "ku": "KU", "tr": "TR"}
# The comment is hidden everywhere, so in all countries of the European Economic Area.
EEA = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split()
LEGAL_GROUND = "To be completed by the operator: the record names no law"


def statements(first: datetime.date, last: datetime.date) -> Iterator[dict]:
    """A statement for each rejection and removal of the UTC days ``first`` to ``last`` that still stands, in the order
    of the ledger. Memory does not grow with their number.
    """
    begins = datetime.datetime.combine(first, datetime.time(), datetime.UTC)
    ends = datetime.datetime.combine(last, datetime.time(), datetime.UTC) + datetime.timedelta(days=1)
    for decision in _refusals().filter(decided_at__gte=begins, decided_at__lt=ends).iterator(chunk_size=1_000):
        yield statement(decision)


def _refusals() -> QuerySet[Decision]:
    """Rejections and removals that were not taken back, with what a statement needs."""
    undone = Decision.objects.filter(
        comment=OuterRef("comment"), sequence=OuterRef("sequence") + 1, verdict=Verdict.UNDONE
    )
    answered = ReportAnswer.objects.filter(decision=OuterRef("pk"))
    refused = Decision.objects.filter(verdict__in=(Verdict.REJECTED, Verdict.REMOVED))
    notices = answered.filter(report__guideline__code=Guideline.UNLAWFUL)
    return (
        refused.exclude(Exists(undone))
        .annotate(was_reported=Exists(answered), had_notice=Exists(notices))
        .select_related("comment", "edition")
        .prefetch_related("citations__guideline__wordings")
        .order_by("pk")
    )


def statement(decision: Decision) -> dict:
    """The fields of one rejection or removal; those that do not apply are left out."""
    cited = [citation.guideline for citation in decision.citations.all()]
    codes = [guideline.code for guideline in cited]
    categories = list(dict.fromkeys(CATEGORIES.get(code, OTHER_CATEGORY) for code in codes))
    language = LANGUAGES.get(decision.comment.language)
    address = mail.absolute(reverse_in("en", "comments:edition", decision.edition.number))
    return {
        "decision_visibility": [VISIBILITY[decision.verdict]],
        "decision_ground_reference_url": address,
        **_ground(cited),
        "content_type": ["CONTENT_TYPE_TEXT"],
        "category": categories[0],
        **({"category_addition": categories[1:]} if categories[1:] else {}),
        "territorial_scope": EEA,
        **({"content_language": language} if language else {}),
        "content_date": _day(decision.comment.submitted_at),
        "application_date": _day(decision.decided_at),
        "decision_facts": _facts(decision, codes),
        "source_type": _source(decision),
        "automated_detection": "Yes" if decision.hints_shown else "No",
        "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
        "puid": f"decision-{decision.hash}",
    }


def _ground(cited: list[Guideline]) -> dict:
    words = [guideline.wording_in("en") for guideline in cited]
    titles = "; ".join(wording.title for wording in words if wording)
    explanation = "\n\n".join(f"{wording.title}: {wording.text}" for wording in words if wording)
    if any(guideline.code == Guideline.UNLAWFUL for guideline in cited):
        return {
            "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
            "illegal_content_legal_ground": LEGAL_GROUND,
            "illegal_content_explanation": explanation[:2000],
        }
    return {
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "incompatible_content_ground": titles[:500],
        "incompatible_content_explanation": explanation[:2000],
        "incompatible_content_illegal": "No",
    }


def _facts(decision: Decision, codes: list[str]) -> str:
    done = "was not published" if decision.verdict == Verdict.REJECTED else "was removed from the page"
    facts = [f"A reader's comment on a news story {done}. A moderator found that it breaks: {', '.join(codes)}."]
    if decision.passage_start is not None:
        facts.append("The decision rests on one passage of it, which the author was shown.")
    if decision.hints_shown:
        facts.append("Automated hints pointed the moderator at passages; the moderator decided.")
    return " ".join(facts)


def _source(decision: Decision) -> str:
    if decision.had_notice:
        return "SOURCE_ARTICLE_16"
    return "SOURCE_TYPE_OTHER_NOTIFICATION" if decision.was_reported else "SOURCE_VOLUNTARY"


def _day(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).date().isoformat()
