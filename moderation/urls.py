from django.urls import path

from moderation import deciding, desk, lead_urls, second_look_views

app_name = "moderation"
urlpatterns = [
    path("", desk.queue, name="queue"),
    path("cards/", desk.cards, name="cards"),
    path("arrivals/", desk.arrivals, name="arrivals"),
    path("next/", desk.take_next, name="next"),
    path("working/", desk.working, name="working"),
    path("decide/", deciding.bulk, name="bulk"),
    path("pause/", deciding.rest, name="rest"),
    path("filters/", desk.save_filter, name="save-filter"),
    path("filters/<int:pk>/forget/", desk.forget_filter, name="forget-filter"),
    path("decisions/<int:pk>/undo/", deciding.undo, name="undo"),
    path("comments/<int:pk>/", desk.card, name="card"),
    path("comments/<int:pk>/alike/", desk.alike, name="alike"),
    path("comments/<int:pk>/skip/", desk.skip, name="skip"),
    path("comments/<int:pk>/approve/", deciding.approve, name="approve"),
    path("comments/<int:pk>/reject/", deciding.reject, name="reject"),
    path("second-look/", second_look_views.second_look, name="desk-second-look"),
    path("second-look/<int:pk>/", second_look_views.give_opinion, name="give-opinion"),
    path("second-look/agreement/", second_look_views.agreements, name="agreement"),
    *lead_urls.urlpatterns,
]
