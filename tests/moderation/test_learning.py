"""The hint learned from this newsroom's own decisions: from enough of them, measured first, never deciding."""

import builtins
import json
import random

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from comments.models import Comment
from moderation import learning, prepared
from moderation.hints import hints_for, learned
from moderation.hints.learned import Model, features
from moderation.models import CommentHints, Decision
from tests.factories import make_comment, make_decided

GOOD, BAD = "river bridge school water garden".split(), "casino bonus cheap loan winner".split()


def told(count: int, *, seed: int = 1, noise: float = 0.0) -> list[learning.Example]:
    """``count`` texts of two kinds, one in four rejected; ``noise`` of the verdicts are the other way round."""
    chance = random.Random(seed)
    known = []
    for number in range(count):
        bad = number % 4 == 0
        words = [*chance.choices(BAD if bad else GOOD, k=5), f"n{number}", *chance.choices(["the", "and", "we"], k=4)]
        known.append((" ".join(words), bad != (chance.random() < noise)))
    return known


@pytest.fixture(autouse=True)
def model_file(settings, tmp_path):
    settings.NEWSROOM_LEARNED_HINTS = str(tmp_path / "learned" / "hints.json")
    return tmp_path / "learned" / "hints.json"


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(learning, "FEWEST", 40)
    monkeypatch.setattr(learning, "FEWEST_OF_A_KIND", 2)


def test_it_learns_what_is_there_to_learn_and_says_how_far_it_agrees():
    model, report = learning.train(told(600))
    assert not model.is_on
    assert (report.trained_on, report.held_out) == (480, 120)
    assert report.agreement > 0.95 > 0.8 > report.always
    assert report.found > 0.9 and report.right > 0.9
    assert model.certainty("cheap casino bonus") > 0.9 > 0.1 > model.certainty("the river and the bridge")
    assert model.report["agreement"] == report.agreement


def test_what_cannot_be_learned_is_of_no_use():
    known = [(text, random.Random(number).random() < 0.3) for number, (text, _bad) in enumerate(told(600))]
    _model, report = learning.train(known)
    assert not report.is_useful


def test_the_plain_prediction_is_the_one_that_was_fitted():
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    known = told(500, noise=0.1)
    rows, columns, values = zip(
        *((row, bucket, value) for row, (text, _bad) in enumerate(known) for bucket, value in features(text).items()),
        strict=True,
    )
    seen = csr_matrix((values, (rows, columns)), shape=(len(known), learned.BUCKETS))
    fitted = LogisticRegression(C=10, max_iter=1_000).fit(seen, [bad for _text, bad in known])
    model = learning._fit(known)
    expected = fitted.predict_proba(seen[:50])[:, 1]
    found = [model.certainty(text) for text, _bad in known[:50]]
    assert found == pytest.approx(list(expected), abs=1e-3)


def test_fewer_than_500_decisions_teach_nothing():
    with pytest.raises(learning.CannotLearn, match="There are 499 decided comments with their text; it takes 500"):
        learning.train(told(499))
    with pytest.raises(learning.CannotLearn, match="approved texts and as many rejected"):
        learning.train([(text, False) for text, _bad in told(600)])


def test_a_text_that_was_learned_is_not_what_it_is_measured_with():
    older, newer = told(480), told(120, seed=2)
    repeated = [(older[0][0].upper(), True)] * 50
    _model, report = learning.train([*older, *newer, *repeated])
    assert report.held_out < len(newer) + len(repeated) - 40


def test_without_scikit_learn_the_command_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def without(name, *rest, **options):
        if name.startswith(("sklearn", "scipy")):
            raise ImportError(name)
        return real(name, *rest, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(learning.CannotLearn, match="requirements-learn.txt"):
        learning.train(told(600))
    assert Model({features("casino").popitem()[0]: 9.0}, -1.0).certainty("casino") > 0.5


@pytest.mark.parametrize("text", ["", " ", "😀", "ئاو", "x" * 10_000, "\n\t", "a" * 3])
def test_any_text_has_a_certainty(text):
    assert 0 < Model({1: 50.0}, 0.5).certainty(text) < 1


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        "null",
        '{"weights": [1], "intercept": 0}',
        "cos\nsystem\n(S'true'\ntR.",
        '{"weights": {"a": "b"}}',
    ],
)
def test_a_file_that_is_no_model_gives_no_hints_and_breaks_nothing(model_file, content, db, story):
    model_file.parent.mkdir()
    model_file.write_text(content)
    assert learned.in_use() is None
    assert hints_for(make_comment(story)) == []


# The command, and the hint on the desk --------------------------------------------------------------------------------
@pytest.fixture
def decided(story, moderator, few):
    for text, bad in told(60):
        guidelines = ["promotion"] if bad else []
        make_decided(story, "rejected" if bad else "approved", by=moderator, guidelines=guidelines, body=text)


def test_a_newsroom_learns_sees_the_figures_and_switches_on(decided, story, as_, moderator, capsys):
    with pytest.raises(CommandError, match="run manage.py train_hints first"):
        call_command("train_hints", switch_on=True)
    comment = make_comment(story, "a cheap casino bonus for you, dear winner")
    prepared_codes(comment)
    call_command("train_hints")
    said = capsys.readouterr().out
    assert "Learned from 48 decisions; asked about 12 newer ones" in said and "It is off." in said
    assert learned_of(comment) == []
    decisions = Decision.objects.count()

    call_command("train_hints", switch_on=True)
    [hint] = learned_of(comment)
    assert (hint.code, hint.guideline, hint.start) == ("learned", "", None)
    assert hint.why.startswith("Like comments that were rejected here (certainty ")
    assert hint.why in as_(moderator).get("/desk/").text
    assert "learned" in prepared_codes(comment).split(",")
    assert learned_of(make_comment(story, "we like the river and the bridge")) == []

    call_command("train_hints", switch_off=True)
    assert learned_of(comment) == []
    assert "learned" not in prepared_codes(comment)
    assert (Decision.objects.count(), Comment.objects.pending().count()) == (decisions, 2)


def learned_of(comment) -> list:
    return [hint for hint in hints_for(comment) if hint.code == "learned"]


def prepared_codes(comment) -> str:
    for _batch in prepared.prepare():
        pass
    return CommentHints.objects.get(pk=comment.pk).codes


def test_a_model_no_better_than_the_commonest_verdict_stays_off(model_file, decided):
    model, report = learning.train(learning.examples())
    useless = {**model.report, "agreement": report.always}
    learning.keep(Model(model.weights, model.intercept, trained_at="x", report=useless))
    with pytest.raises(CommandError, match="not used"):
        call_command("train_hints", switch_on=True)
    assert json.loads(model_file.read_text())["is_on"] is False


def test_learning_again_is_off_until_its_own_figures_were_seen(decided):
    for _time in range(2):
        call_command("train_hints", verbosity=0)
        assert learned.in_use() is None
        call_command("train_hints", switch_on=True)
        assert learned.in_use() is not None


def test_an_erased_text_teaches_nothing(decided, story):
    from comments.erasure import erase
    from comments.models import Erasure

    before = len(learning.examples())
    erase(Comment.objects.exclude(status="pending").first(), cause=Erasure.Cause.REQUEST)
    assert len(learning.examples()) == before - 1
