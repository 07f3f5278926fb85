from django.urls import path, re_path

from articles import corrections, feeds, sitemaps, views

app_name = "articles"
urlpatterns = [
    path("", views.front, name="front"),
    path("sections/<str:slug>/", views.section, name="section"),
    path("tags/<str:slug>/", views.tag, name="tag"),
    path("authors/<str:slug>/", views.author, name="author"),
    *(
        pattern
        for syntax in ("rss", "atom", "json")
        for pattern in (
            path(f"feed.{syntax}", feeds.feed, {"syntax": syntax}, name=f"feed_{syntax}"),
            path(
                f"sections/<str:slug>/feed.{syntax}",
                feeds.feed,
                {"syntax": syntax, "kind": "section"},
                name=f"section_{syntax}",
            ),
            path(f"tags/<str:slug>/feed.{syntax}", feeds.feed, {"syntax": syntax, "kind": "tag"}, name=f"tag_{syntax}"),
        )
    ),
    re_path(r"^archive/(?P<year>[0-9]{4})/(?P<month>[0-9]{2})/(?P<day>[0-9]{2})/$", views.archive, name="archive"),
    path("corrections/", corrections.corrections, name="corrections"),
    path("corrections/feed.rss", corrections.feed, name="corrections_rss"),
    path("search/", views.search, name="search"),
    path("sitemap-pages.xml", sitemaps.pages, name="sitemap_pages"),
    path("sitemap-<int:number>.xml", sitemaps.stories, name="sitemap_stories"),
    path("stories/<int:pk>/", views.story, name="story_by_id"),
    path("stories/<int:pk>/<str:slug>/", views.story, name="story"),
]
