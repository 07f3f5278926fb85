"""The demo's appeals, reports and notice, through the same verbs as everybody's."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from comments import reporting, stamps
from comments.models import Comment
from comments.senders import Sender
from comments.withdrawal import withdraw
from moderation import appeals, reports
from moderation.models import Appeal, Outcome

if TYPE_CHECKING:
    from newsroom.demo.build import Demo

FILE = Path(__file__).parent / "accountability.toml"
FIRST = 200  # numbers of the made-up networks of these readers, after those of the other comments


def tell(demo: "Demo", told: dict[str, Any]) -> int:
    """Post, appeal, report and answer what ``told`` says, unless it was done before; how many things were done."""
    if Appeal.objects.exists() or not demo.comments:
        return 0
    for number, remark in enumerate(told["comment"], FIRST):
        demo.comments[remark["key"]] = demo.post_and_decide(number, remark)
    for row in told["appeal"]:
        _appeal(demo, _fresh(demo, row["comment"]), row)
    for number, row in enumerate(told["report"], FIRST):
        _report(demo, _fresh(demo, row["comment"]), row, number)
    return sum(len(rows) for rows in told.values())


def _fresh(demo: "Demo", key: str) -> Comment:
    return Comment.objects.get(pk=demo.comments[key].pk)


def _appeal(demo: "Demo", comment: Comment, row: dict[str, Any]) -> None:
    appeal = appeals.appeal(comment, written=row["text"])
    if row.get("outcome") == Outcome.WITHDRAWN:
        withdraw(comment)
    elif "outcome" in row:
        appeals.settle(appeal, Outcome(row["outcome"]), by=demo.person("lead"), note=row["note"])


def _report(demo: "Demo", comment: Comment, row: dict[str, Any], number: int) -> None:
    taken = reporting.report_comment(
        comment,
        ground=row["ground"],
        explanation=row["explanation"],
        stamp=stamps.stamp(comment.article_id),
        sender=Sender(network=f"198.51.100.{number}", cookie="", user_agent="demo"),
        name=row.get("name", ""),
        email=row.get("email", ""),
        good_faith=True,
    )
    if "kept" in row:
        reports.keep(comment, by=demo.person("moderator"), upto=taken.report.pk, reason=row["kept"])
