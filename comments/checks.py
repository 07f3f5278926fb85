"""What may speak against a post: questions to the database that are asked together, and what each answer means."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from newsroom.compiled import Asked, first_of_each


@dataclass(frozen=True)
class Check:
    """``asked`` has an answer when the post is refused; ``refusal`` makes of that answer what is to be raised."""

    asked: Asked
    refusal: Callable[[Any], Exception]


def refusals(checks: Iterable[Check]) -> list[Exception | None]:
    """Why each of ``checks`` refuses, or None, in their order. One query."""
    checks = list(checks)
    found = first_of_each([check.asked for check in checks])
    return [None if value is None else check.refusal(value) for check, value in zip(checks, found, strict=True)]


def refuse(reasons: Iterable[Exception | None]) -> None:
    """Raise the first of ``reasons``, if there is one."""
    for reason in reasons:
        if reason is not None:
            raise reason
