from pathlib import Path

from django.core.management.base import BaseCommand

from moderation.hint_models import Term
from moderation.hints.measuring import hatecheck, labelled, measure
from moderation.hints.terms import Terms
from newsroom.languages import LANGUAGES


class Command(BaseCommand):
    help = "Measure the hints of the active lists on labelled texts: a HateCheck CSV file, or TOML files of one's own."

    def add_arguments(self, parser) -> None:
        parser.add_argument("files", nargs="+", type=Path)

    def handle(self, *args, files: list[Path], **options) -> None:
        terms = {
            each.code: Terms(
                Term.objects.in_use().filter(list__language__in=(each.code, "")).values_list("list__guideline", "text")
            )
            for each in LANGUAGES
        }
        for path in files:
            self._table(path, measure(hatecheck(path) if path.suffix == ".csv" else labelled(path), terms))

    def _table(self, path: Path, scores: dict) -> None:
        self.stdout.write(f"\n{path.name}\n| group | harmful | cases | hinted by its ground | hinted by any ground |")
        self.stdout.write("|---|---|---|---|---|")
        for group, score in scores.items():
            self._row(group, "yes" if score.harmful else "no", [score])
        for harmful, name in ((True, "yes"), (False, "no")):
            self._row("all", name, [score for score in scores.values() if score.harmful == harmful])

    def _row(self, group: str, harmful: str, scores: list) -> None:
        cases = sum(score.cases for score in scores)
        if cases:
            found = sum(score.found for score in scores) / cases
            hinted = sum(score.hinted for score in scores) / cases
            self.stdout.write(f"| {group} | {harmful} | {cases} | {found:.0%} | {hinted:.0%} |")
