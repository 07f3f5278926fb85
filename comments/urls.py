from django.urls import path

from comments import views

app_name = "comments"
urlpatterns = [
    path("stories/<int:pk>/comments/", views.post, name="post"),
    path("guidelines/", views.guidelines, name="guidelines"),
    path("guidelines/<int:number>/", views.guidelines, name="edition"),
]
