"""Every address of the house: the only list that knows every app."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, re_path

from articles.media import media
from moderation.views import receipt
from newsroom import views

urlpatterns = [
    path("", views.home, name="home"),
    path("admin/", admin.site.urls),
    path("desk/", include("moderation.urls")),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("robots.txt", views.robots, name="robots"),
    re_path(r"^media/(?P<name>[0-9a-f]{32})\.(?P<format>avif|jpg)\Z", media, name="media"),
    *i18n_patterns(
        path("receipts/<str:token>/", receipt, name="receipt"),
        path("", include("comments.urls")),
        path("", include("articles.urls")),
    ),
]
