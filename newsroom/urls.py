"""Every address of the house: the only list that knows every app."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, re_path

from articles import sitemaps
from articles.media import media
from comments import mail_views
from moderation.receipts import receipt
from newsroom import views

urlpatterns = [
    path("", views.home, name="home"),
    path("admin/", admin.site.urls),
    path("desk/", include("moderation.urls")),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("news-sitemap.xml", sitemaps.news, name="news_sitemap"),
    path("robots.txt", views.robots, name="robots"),
    path("mail/confirm/<str:token>/", mail_views.confirm, name="mail-confirm"),
    path("mail/unsubscribe/<str:token>/", mail_views.unsubscribe, name="mail-unsubscribe"),
    re_path(r"^media/(?P<name>[0-9a-f]{32})\.(?P<format>avif|jpg)\Z", media, name="media"),
    *i18n_patterns(
        path("receipts/<str:token>/", receipt, name="receipt"),
        path("", include("comments.urls")),
        path("", include("articles.urls")),
    ),
]
