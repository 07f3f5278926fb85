"""Every address of the house: the only list that knows every app."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, re_path

from articles import sitemaps
from articles.media import media
from articles.preview_views import preview, preview_photo
from comments import mail_views
from moderation import transparency_views
from moderation.appealing import appeal
from moderation.edition_views import changes
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
    path("favicon.ico", views.favicon, name="favicon"),
    path("mail/confirm/<str:token>/", mail_views.confirm, name="mail-confirm"),
    path("mail/unsubscribe/<str:token>/", mail_views.unsubscribe, name="mail-unsubscribe"),
    path("transparency/", include("moderation.public_urls")),
    re_path(r"^media/(?P<name>[0-9a-f]{32})\.(?P<format>avif|jpg)\Z", media, name="media"),
    path("preview/<str:token>/", preview, name="preview"),
    path("preview/<str:token>/<str:signature>/<str:name>.<str:format>", preview_photo, name="preview_photo"),
    *i18n_patterns(
        path("receipts/<str:token>/", receipt, name="receipt"),
        path("transparency/", transparency_views.page, name="transparency"),
        path("transparency/numbers.json", transparency_views.numbers_json, name="transparency-json"),
        path("transparency/numbers.csv", transparency_views.numbers_csv, name="transparency-csv"),
        path("receipts/<str:token>/appeal/", appeal, name="appeal"),
        path("guidelines/<int:number>/changes/", changes, name="guideline-changes"),
        path("guidelines/<int:number>/changes/<int:before>/", changes, name="guideline-changes-since"),
        path("", include("comments.urls")),
        path("", include("articles.urls")),
    ),
]
