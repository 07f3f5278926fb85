"""The desk's pages beside the queue: statistics, blocks, appeals, reports. Included by ``moderation.urls``."""

from django.urls import path

from moderation import appeal_desk, block_views, report_desk, statistics_views

urlpatterns = [
    path("statistics/", statistics_views.statistics_page, name="statistics"),
    path("statistics/<slug:code>.csv", statistics_views.statistics_csv, name="statistics_csv"),
    path("blocks/", block_views.block_list, name="blocks"),
    path("blocks/<int:pk>/lift/", block_views.lift, name="lift_block"),
    path("comments/<int:pk>/block/", block_views.block, name="block_sender"),
    path("appeals/", appeal_desk.appeal_list, name="desk-appeals"),
    path("appeals/<int:pk>/", appeal_desk.one_appeal, name="desk-appeal"),
    path("reports/", report_desk.report_list, name="desk-reports"),
    path("notices/", report_desk.notice_list, name="desk-notices"),
    path("reports/<int:pk>/", report_desk.one_reported, name="desk-report"),
    path("reports/<int:pk>/keep/", report_desk.keep, name="keep-reported"),
    path("reports/<int:pk>/remove/", report_desk.remove, name="remove-reported"),
]
