from django.urls import path

from comments import receipt_views, report_views, thread_views, views

app_name = "comments"
urlpatterns = [
    path("stories/<int:pk>/comments/", views.post, name="post"),
    path("stories/<int:pk>/comments/proof/", views.proof, name="proof"),
    path("receipts/<str:token>/withdraw/", receipt_views.withdraw, name="withdraw"),
    path("receipts/<str:token>/resubmit/", receipt_views.resubmit, name="resubmit"),
    path("stories/<int:pk>/comments/<int:comment_pk>/", thread_views.comment, name="comment"),
    path("stories/<int:pk>/comments/<int:comment_pk>/reply/", thread_views.reply, name="reply"),
    path("stories/<int:pk>/comments/<int:comment_pk>/report/", report_views.report, name="report"),
    path("guidelines/", views.guidelines, name="guidelines"),
    path("guidelines/<int:number>/", views.guidelines, name="edition"),
]
