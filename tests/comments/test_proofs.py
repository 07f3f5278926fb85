"""Proof of work: off by default; on, it is used once, and who has none loses no comment."""

import base64
import datetime
import json

import pytest
from altcha import Challenge, Payload, solve_challenge
from django.db import connection
from django.utils import timezone

from comments import proofs, retention, stamps
from comments.models import Comment, CommentContact, SpentProof
from moderation.hints import hints_for
from tests.comments.test_views import post
from tests.factories import make_story


@pytest.fixture
def _asks(settings):
    settings.NEWSROOM_PROOF_OF_WORK = True


def solved(challenge: dict) -> str:
    made = Challenge.from_dict(challenge)
    return Payload(made, solve_challenge(made)).to_base64()


@pytest.fixture
def proof(_asks, reader, story) -> str:
    return solved(reader.get(f"/en/stories/{story.pk}/comments/proof/").json())


def without_proof() -> list[bool]:
    return list(CommentContact.objects.order_by("pk").values_list("without_proof", flat=True))


def test_by_default_nobody_is_asked(reader, story):
    page = reader.get(story.get_absolute_url()).text
    assert "proof" not in page
    assert reader.get(f"/en/stories/{story.pk}/comments/proof/").status_code == 404
    assert post(reader, story).status_code == 303
    assert without_proof() == [False]


def test_the_form_leads_to_a_puzzle_that_nobody_stores(_asks, reader, story):
    page = reader.get(story.get_absolute_url()).text
    assert f'data-proof="/en/stories/{story.pk}/comments/proof/"' in page
    assert "newsroom/proof.js" in page
    first, second = (reader.get(f"/en/stories/{story.pk}/comments/proof/") for _time in range(2))
    assert first["Cache-Control"] == "private, no-store"
    assert not first.cookies
    assert first.json()["parameters"]["nonce"] != second.json()["parameters"]["nonce"]


def test_a_solved_puzzle_is_good_once(reader, story, proof):
    assert post(reader, story, extra={"proof": proof}).status_code == 303
    assert post(reader, story, extra={"proof": proof}, comment="Another").status_code == 303
    assert without_proof() == [False, True]
    assert SpentProof.objects.count() == 1


def test_a_double_click_spends_one_proof(reader, story, proof):
    stamp = stamps.stamp(story.pk)
    first, second = (post(reader, story, extra={"proof": proof}, stamp=stamp) for _click in range(2))
    assert first["Location"] == second["Location"]
    assert without_proof() == [False]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda proof: "",
        lambda proof: "x",
        lambda proof: proof[:-8],
        lambda proof: "é" + proof,
        lambda proof: "A" * 5_000,
        lambda proof: base64.b64encode(b"[]").decode(),
        lambda proof: base64.b64encode(b'{"challenge": {}, "solution": {}}').decode(),
        lambda proof: base64.b64encode(b'{"challenge": [], "solution": 1}').decode(),
        lambda proof: base64.b64encode(b"[" * 900).decode(),
        lambda proof: changed(proof, lambda held: held["solution"].update(counter=1, derivedKey="00" * 32)),
        lambda proof: changed(proof, lambda held: held["challenge"].update(signature="00" * 32)),
        lambda proof: changed(proof, lambda held: held["challenge"]["parameters"].update(keyPrefix="")),
        lambda proof: changed(proof, lambda held: held["challenge"]["parameters"].update(cost=10**9)),
        lambda proof: changed(proof, lambda held: held["challenge"]["parameters"].update(expiresAt=2**62)),
        lambda proof: changed(proof, lambda held: held["challenge"]["parameters"].update(algorithm="SCRYPT")),
        lambda proof: changed(proof, lambda held: held["challenge"]["parameters"].update(nonce=None)),
    ],
)
def test_a_proof_that_is_none_loses_no_comment(reader, story, proof, spoil):
    assert post(reader, story, extra={"proof": spoil(proof)}).status_code == 303
    assert without_proof() == [True]
    assert SpentProof.objects.count() == 0


def changed(proof: str, change) -> str:
    held = json.loads(base64.b64decode(proof))
    change(held)
    return base64.b64encode(json.dumps(held).encode()).decode()


def test_a_proof_is_for_its_story_and_for_its_time(_asks, reader, story, editor, monkeypatch):
    other = make_story(by=editor, slug="other")
    assert proofs.solved(solved(proofs.challenge(other)), story) is None
    old = solved(proofs.challenge(story))
    assert proofs.solved(old, story)
    later = proofs.time.time() + proofs.GOOD_FOR + 1
    monkeypatch.setattr("altcha.v2.time.time", lambda: later)
    assert proofs.solved(old, story) is None


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_the_arithmetic_of_another_ones_proof(reader, story, proof, monkeypatch):
    in_transaction, verify = [], proofs.verify_solution

    def verified(*arguments, **options):
        in_transaction.append(connection.in_atomic_block)
        return verify(*arguments, **options)

    monkeypatch.setattr(proofs, "verify_solution", verified)
    assert post(reader, story, extra={"proof": proof}).status_code == 303
    assert without_proof() == [False]
    assert in_transaction == [False]


def test_without_a_proof_fewer_comments_wait_at_a_time_and_the_text_comes_back(reader, story, proof, settings):
    settings.NEWSROOM_UNPROVEN_PENDING = 2
    assert [post(reader, story, comment=f"Remark {n}").status_code for n in range(3)] == [303, 303, 429]
    refused = post(reader, story, comment="Remark 4")
    assert (refused.status_code, "Remark 4" in refused.text) == (429, True)
    assert post(reader, story, comment="Remark 4", extra={"proof": proof}).status_code == 303


def test_the_desk_is_told(reader, story, proof):
    post(reader, story, extra={"proof": proof})
    post(reader, story, comment="Another")
    hinted = [[hint.code for hint in hints_for(comment)] for comment in Comment.objects.order_by("pk")]
    assert hinted == [[], ["no-proof"]]


def test_used_proofs_are_kept_while_they_could_be_used_again(reader, story, proof):
    post(reader, story, extra={"proof": proof})
    retention.purge()
    assert SpentProof.objects.count() == 1
    SpentProof.objects.update(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    retention.purge()
    assert SpentProof.objects.count() == 0
