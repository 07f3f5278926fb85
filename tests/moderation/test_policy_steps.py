"""The ordered list of what happens to a comment: the document says what the code says, and the code does it so."""

import re
import sys
from importlib import import_module
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings

from comments import receipts, stamps
from comments.models import Comment
from moderation.policy_steps import STEPS
from tests.factories import make_story

DOCUMENT = Path(settings.BASE_DIR) / "docs/moderation.md"
FORM = "application/x-www-form-urlencoded"


def listed(text: str) -> list[tuple[int, str, str]]:
    """The numbered list of the document: (number, name, meaning)."""
    found = re.findall(r"^(\d+)\. \*\*([a-z]+)\*\* – (.+)$", text, re.MULTILINE)
    return [(int(number), name, meaning) for number, name, meaning in found]


def code_of(dotted: str):
    module, _dot, name = dotted.rpartition(".")
    function = getattr(import_module(module), name)
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    return function.__code__


def test_the_document_lists_what_the_code_lists():
    assert listed(DOCUMENT.read_text()) == [(n, step.name, step.meaning) for n, step in enumerate(STEPS, 1)]


def test_a_list_that_lacks_a_step_or_turns_two_round_is_noticed():
    text = DOCUMENT.read_text()
    wanted = [(n, step.name, step.meaning) for n, step in enumerate(STEPS, 1)]
    assert listed(text.replace("9. **block**", "9. **blocks**")) != wanted
    assert listed(re.sub(r"^8\. .*\n", "", text, flags=re.MULTILINE)) != wanted


def test_the_document_says_which_steps_are_peoples():
    numbers = [n for n, step in enumerate(STEPS, 1) if step.is_of_people]
    first = ", ".join(map(str, numbers[:-1]))
    assert f"Steps {first} and {numbers[-1]} are people's." in " ".join(DOCUMENT.read_text().split())


@pytest.fixture
def watched():
    """``watched(act)``: the steps in the order in which ``act()`` first came to each."""
    names = {code_of(step.done_by): step.name for step in STEPS}
    assert len(names) == len(STEPS)

    def watch(act) -> list[str]:
        seen: dict[str, None] = {}

        def note(frame, event, _argument) -> None:
            if event == "call" and frame.f_code in names:
                seen.setdefault(names[frame.f_code])

        sys.setprofile(note)
        try:
            act()
        finally:
            sys.setprofile(None)
        return list(seen)

    return watch


def test_a_comment_passes_the_steps_in_the_order_of_the_list(watched, reader, as_, editor, moderator, lead):
    """Posted, read, approved, shown, reported, removed, appealed and shown again, all over HTTP."""
    story = make_story(by=editor)
    staff = as_(moderator)

    def post() -> None:
        fields = {"name": "Avin", "comment": "As written.", "stamp": stamps.stamp(story.pk)}
        assert reader.post(f"/en/stories/{story.pk}/comments/", urlencode(fields), content_type=FORM).status_code == 303

    def report(comment) -> None:
        fields = {"ground": "promotion", "explanation": "", "stamp": stamps.stamp(story.pk)}
        address = f"/en/stories/{story.pk}/comments/{comment.pk}/report/"
        assert reader.post(address, urlencode(fields), content_type=FORM).status_code == 303

    def act() -> None:
        post()
        comment = Comment.objects.get()
        receipt = f"/en/receipts/{receipts.token_of(comment.nonce)}/"
        staff.get("/desk/")
        staff.post(f"/desk/comments/{comment.pk}/approve/", {"seen_version": 0})
        reader.get(story.get_absolute_url())
        report(comment)
        staff.post(f"/desk/reports/{comment.pk}/remove/", {"seen_version": 1, "guidelines": ["promotion"]})
        reader.get(receipt)
        reader.post(f"{receipt}appeal/", urlencode({"text": "Why?"}), content_type=FORM)
        as_(lead).post(f"/desk/appeals/{comment.decisions.first().appeal.pk}/", {"outcome": "overturned"})

    assert watched(act) == [step.name for step in STEPS]
    assert "As written." in reader.get(story.get_absolute_url()).text
