from django.urls import path

from comments import receipt_views, views

app_name = "comments"
urlpatterns = [
    path("stories/<int:pk>/comments/", views.post, name="post"),
    path("receipts/<str:token>/withdraw/", receipt_views.withdraw, name="withdraw"),
    path("receipts/<str:token>/resubmit/", receipt_views.resubmit, name="resubmit"),
    path("guidelines/", views.guidelines, name="guidelines"),
    path("guidelines/<int:number>/", views.guidelines, name="edition"),
]
