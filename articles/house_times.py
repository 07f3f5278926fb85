"""Times as journalists type them: on the clock of the house's zone."""

from django import forms
from django.utils import timezone

from newsroom.local_time import LocalTimeField


class HouseTimeField(LocalTimeField):
    """A date and time of the house's zone in the browser's own box for it. The zone is named beside the field."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, **kwargs):
        kwargs.setdefault("help_text", timezone.get_default_timezone_name())
        super().__init__(**kwargs)
