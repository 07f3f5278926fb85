"""What anybody may download to check the ledger: files for machines, the same in every language."""

from django.urls import path

from moderation import transparency_views

app_name = "transparency"
urlpatterns = [
    path("ledger.json", transparency_views.ledger_index, name="ledger"),
    path("ledger/<int:number>.jsonl", transparency_views.ledger_part, name="ledger-part"),
    path("checkpoints.txt", transparency_views.checkpoints_txt, name="checkpoints"),
    path("verify_ledger.py", transparency_views.verifier, name="verifier"),
]
