"""Who may enter the desk."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from newsroom.roles import MODERATORS


def moderator_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Only for people who hold a moderating role, superusers not excepted; others get 403, strangers the log-in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.is_(*MODERATORS):
            raise PermissionDenied
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response

    return login_required(guarded)
