"""What a comment says of its own status, so that no template spells one."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from comments.models import Comment, Status


@pytest.mark.parametrize("status", Status)
def test_a_comment_claims_its_own_status_and_no_other(status):
    comment = Comment(status=status)
    assert [each for each in Status if getattr(comment, f"is_{each}")] == [status]


def test_templates_spell_no_status():
    spelled = re.compile(r"status (?:==|!=|in) ['\"]")
    for folder in ("comments", "moderation"):
        for path in (Path(settings.BASE_DIR) / "templates" / folder).glob("*.html"):
            assert not spelled.search(path.read_text()), path.name
