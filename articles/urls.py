from django.urls import path

from articles import views

app_name = "articles"
urlpatterns = [
    path("", views.front, name="front"),
    path("sections/<str:slug>/", views.section, name="section"),
    path("tags/<str:slug>/", views.tag, name="tag"),
    path("authors/<str:slug>/", views.author, name="author"),
    path("stories/<int:pk>/", views.story, name="story_by_id"),
    path("stories/<int:pk>/<str:slug>/", views.story, name="story"),
]
