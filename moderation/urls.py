from django.urls import path

from moderation import deciding, desk, lead_urls

app_name = "moderation"
urlpatterns = [
    path("", desk.queue, name="queue"),
    path("cards/", desk.cards, name="cards"),
    path("arrivals/", desk.arrivals, name="arrivals"),
    path("next/", desk.take_next, name="next"),
    path("working/", desk.working, name="working"),
    path("decide/", deciding.bulk, name="bulk"),
    path("filters/", desk.save_filter, name="save-filter"),
    path("filters/<int:pk>/forget/", desk.forget_filter, name="forget-filter"),
    path("decisions/<int:pk>/undo/", deciding.undo, name="undo"),
    path("comments/<int:pk>/", desk.card, name="card"),
    path("comments/<int:pk>/alike/", desk.alike, name="alike"),
    path("comments/<int:pk>/skip/", desk.skip, name="skip"),
    path("comments/<int:pk>/approve/", deciding.approve, name="approve"),
    path("comments/<int:pk>/reject/", deciding.reject, name="reject"),
    *lead_urls.urlpatterns,
]
