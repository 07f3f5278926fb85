"""The leads' pages of the desk: statistics and blocks. Included by ``moderation.urls``."""

from django.urls import path

from moderation import block_views, statistics_views

urlpatterns = [
    path("statistics/", statistics_views.statistics_page, name="statistics"),
    path("statistics/<slug:code>.csv", statistics_views.statistics_csv, name="statistics_csv"),
    path("blocks/", block_views.block_list, name="blocks"),
    path("blocks/<int:pk>/lift/", block_views.lift, name="lift_block"),
    path("comments/<int:pk>/block/", block_views.block, name="block_sender"),
]
