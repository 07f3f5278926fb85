"""The house's policy as one ordered list: what happens to a comment from the form to the page, and who does it.

``docs/moderation.md`` says the same in a newsroom's words; tests hold the two together, and prove the order by
watching a comment pass.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One thing that is asked or done, in this order: its name, what it means, and the function that does it.

    ``done_by`` is a dotted name. ``is_of_people``: a person does it; everything else only takes in or refuses.
    """

    name: str
    meaning: str
    done_by: str
    is_of_people: bool = False


STEPS: tuple[Step, ...] = (
    Step("form", "What arrives is our form and nothing else.", "comments.wire.is_form"),
    Step("origin", "It was sent from our own page.", "comments.wire.is_foreign"),
    Step("bytes", "Every character arrived intact.", "comments.wire.is_utf8"),
    Step("text", "Name and text can be kept exactly as written.", "comments.text.check_name"),
    Step("stamp", "The form is one of ours, for this story, and not older than a week.", "comments.stamps.check_stamp"),
    Step("once", "A double click is one comment.", "comments.posting._same_click"),
    Step("open", "The story is public and takes comments now.", "comments.posting._check_open"),
    Step("resubmission", "What is sent again was rejected before.", "comments.posting._check_rejected"),
    Step("block", "Its sender is not blocked.", "comments.posting._not_blocked"),
    Step("new", "The same browser has not sent the same text on this story.", "comments.posting._new"),
    Step("limits", "Neither its sender nor the story is over a limit.", "comments.limits.of_comments"),
    Step("waiting", "It is stored, waits, and is shown to nobody.", "comments.posting._posted"),
    Step(
        "hints", "Programs point at passages for the moderator. They decide nothing.", "moderation.hints.hints_for_all"
    ),
    Step(
        "decision",
        "A moderator approves it, or rejects it under a guideline of the edition in force.",
        "moderation.decisions.decide",
        is_of_people=True,
    ),
    Step("page", "Approved, it is on the story's page at once, exactly as written.", "comments.threads.threads_page"),
    Step(
        "report",
        "Readers may report it, by a guideline or as illegal.",
        "comments.reporting.report_comment",
        is_of_people=True,
    ),
    Step("answer", "A moderator keeps or removes it, and says why.", "moderation.reports.remove", is_of_people=True),
    Step(
        "reasons",
        "Whoever wrote what was rejected or removed reads the reasons.",
        "moderation.reasons.statement_of",
    ),
    Step("appeal", "They may appeal once.", "moderation.appeals.appeal", is_of_people=True),
    Step(
        "outcome",
        "Somebody who never refused it upholds the decision, or overturns it and it is shown.",
        "moderation.appeals.settle",
        is_of_people=True,
    ),
)
