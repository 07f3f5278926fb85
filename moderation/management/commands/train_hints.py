from django.core.management.base import BaseCommand, CommandError

from moderation import learning
from moderation.learning import CannotLearn, Report


class Command(BaseCommand):
    help = "Learn one more hint from this newsroom's own decisions, and say how far it agrees with them."

    def add_arguments(self, parser) -> None:
        verbs = parser.add_mutually_exclusive_group()
        verbs.add_argument("--switch-on", action="store_true", help="show the hint that was learned and reported on")
        verbs.add_argument("--switch-off", action="store_true", help="show it no longer")

    def handle(self, *, switch_on: bool, switch_off: bool, **options) -> None:
        try:
            if switch_on or switch_off:
                learning.switch(on=switch_on)
                self.stdout.write(f"The learned hint is {'on' if switch_on else 'off'}.")
            else:
                self._train()
        except CannotLearn as reason:
            raise CommandError(str(reason)) from reason

    def _train(self) -> None:
        model, report = learning.train(learning.examples())
        learning.keep(model)
        self._tell(report)

    def _tell(self, report: Report) -> None:
        self.stdout.write(f"Learned from {report.trained_on} decisions; asked about {report.held_out} newer ones:")
        self.stdout.write(f"  agrees with the moderators      {report.agreement:.0%}")
        self.stdout.write(f"  the commonest verdict alone     {report.always:.0%}")
        self.stdout.write(f"  of the rejected, it hints at    {report.found:.0%}")
        self.stdout.write(f"  of its hints, were rejected     {report.right:.0%}")
        if report.is_useful:
            self.stdout.write("It is off. To show it as one more hint: manage.py train_hints --switch-on")
        else:
            self.stdout.write("It is off, and is of no use: it agrees no more than the commonest verdict alone.")
