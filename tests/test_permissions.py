"""Who may do what: every address of the house × every method × every role, against a table people can read.

The table below is the intent. An address it does not name fails the test, and so does one it names wrongly.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from types import ModuleType

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, path
from django.urls.resolvers import LocalePrefixPattern
from django.utils import timezone

from articles import front, preview_views, previews, publishing, sitemaps
from articles.models import Article, BreakingBanner, FrontSlot
from comments import receipts
from comments.models import Comment, CommentPolicy, GuidelineEdition, SenderBlock
from moderation import appeals, editions
from moderation.models import SecondLook, TermList
from newsroom import urls
from newsroom.roles import Role
from tests.factories import (
    leading_with,
    make_comment,
    make_decided,
    make_draft,
    make_photo,
    make_place,
    make_story,
)

ROLES = ("anonymous", "stranger", "reporter", "editor", "moderator", "lead", "admin", "superuser")
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE")

# One letter for each of ROLES, in their order:
#   .  the answer asked for (200, or a form that says what is missing)    >  sent on to another page
#   L  302 to the log-in    3  403    4  404    5  405
TABLE = r"""
# address                                                                GET      HEAD     POST     PUT      DELETE
/                                                                        >>>>>>>> >>>>>>>> 55555555 55555555 55555555
/admin/                                                                  LL...... LL...... LL...... LL...... LL......
/admin/login/                                                            ..>>>>>> ........ ........ ........ 55555555
/admin/logout/                                                           >>555555 >>555555 >>...... >>555555 >>555555
/admin/password_change/                                                  LL...... LL...... LL...... LL...... LL555555
/admin/password_change/done/                                             LL...... LL...... LL555555 LL555555 LL555555
/admin/autocomplete/                                                     LL..333. LL..333. LL555555 LL555555 LL555555
/admin/jsi18n/                                                           LL...... LL...... LL555555 LL555555 LL555555
/admin/auth/group/                                                       LL3333.. LL3333.. LL3333.. LL3333.. LL3333..
/admin/auth/group/add/                                                   LL333333 LL333333 LL333333 LL333333 LL333333
/admin/auth/group/<path:object_id>/history/                              LL3333.. LL3333.. LL3333.. LL3333.. LL3333..
/admin/auth/group/<path:object_id>/delete/                               LL333333 LL333333 LL333333 LL333333 LL333333
/admin/auth/group/<path:object_id>/change/                               LL3333.. LL3333.. LL333333 LL3333.. LL3333..
/admin/auth/group/<path:object_id>/                                      LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>>
/admin/articles/section/                                                 LL..333. LL..333. LL..333. LL..333. LL..333.
/admin/articles/section/add/                                             LL3.333. LL3.333. LL3.333. LL3.333. LL3.333.
/admin/articles/section/<path:object_id>/history/                        LL..333. LL..333. LL..333. LL..333. LL..333.
/admin/articles/section/<path:object_id>/delete/                         LL333333 LL333333 LL333333 LL333333 LL333333
/admin/articles/section/<path:object_id>/change/                         LL..333. LL..333. LL3.333. LL..333. LL..333.
/admin/articles/section/<path:object_id>/                                LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>>
/admin/articles/author/                                                  LL..333. LL..333. LL..333. LL..333. LL..333.
/admin/articles/author/add/                                              LL..333. LL..333. LL..333. LL..333. LL..333.
/admin/articles/author/<path:object_id>/history/                         LL..333. LL..333. LL..333. LL..333. LL..333.
/admin/articles/author/<path:object_id>/delete/                          LL333333 LL333333 LL333333 LL333333 LL333333
/admin/articles/author/<path:object_id>/change/                          LL..333. LL..333. LL3.333. LL..333. LL..333.
/admin/articles/author/<path:object_id>/                                 LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>>
/admin/articles/photo/                                                   LL..333. LL..333. LL..333. LL..333. LL..333.
/admin/articles/photo/add/                                               LL..333. LL..333. LL..333. LL..333. LL..333.
/admin/articles/photo/<path:object_id>/history/                          LL..333. LL..333. LL..333. LL..333. LL..333.
/admin/articles/photo/<path:object_id>/delete/                           LL333333 LL333333 LL333333 LL333333 LL333333
/admin/articles/photo/<path:object_id>/change/                           LL..333. LL..333. LL3.333. LL..333. LL..333.
/admin/articles/photo/<path:object_id>/                                  LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>>
/admin/articles/place/                                                   LL..333. LL..333. LL..333. LL..333. LL..333.
/admin/articles/place/add/                                               LL3.333. LL3.333. LL3.333. LL3.333. LL3.333.
/admin/articles/place/<path:object_id>/history/                          LL..333. LL..333. LL..333. LL..333. LL..333.
/admin/articles/place/<path:object_id>/delete/                           LL333333 LL333333 LL333333 LL333333 LL333333
/admin/articles/place/<path:object_id>/change/                           LL..333. LL..333. LL3.333. LL..333. LL..333.
/admin/articles/place/<path:object_id>/                                  LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>>
/admin/articles/tag/                                                     LL..333. LL..333. LL..333. LL..333. LL..333.
/admin/articles/tag/add/                                                 LL333333 LL333333 LL333333 LL333333 LL333333
/admin/articles/tag/<path:object_id>/history/                            LL..333. LL..333. LL..333. LL..333. LL..333.
/admin/articles/tag/<path:object_id>/delete/                             LL333333 LL333333 LL333333 LL333333 LL333333
/admin/articles/tag/<path:object_id>/change/                             LL..333. LL..333. LL3.333. LL..333. LL..333.
/admin/articles/tag/suggest/                                             LL..333. LL..333. LL553335 LL553335 LL553335
/admin/articles/tag/<int:pk>/merge/                                      LL3.333. LL3.333. LL3.333. LL3.333. LL3.333.
/admin/articles/tag/<path:object_id>/                                    LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>>
/admin/articles/frontslot/preview/                                       LL3.333. LL3.333. LL3.333. LL3.333. LL3.333.
/admin/articles/frontslot/                                               LL3.333. LL3.333. LL3.333. LL3.333. LL3.333.
/admin/articles/frontslot/add/                                           LL3.333. LL3.333. LL3.333. LL3.333. LL3.333.
/admin/articles/frontslot/<path:object_id>/history/                      LL3.333. LL3.333. LL3.333. LL3.333. LL3.333.
/admin/articles/frontslot/<path:object_id>/delete/                       LL333333 LL333333 LL333333 LL333333 LL333333
/admin/articles/frontslot/<path:object_id>/change/                       LL3.333. LL3.333. LL3.333. LL3.333. LL3.333.
/admin/articles/frontslot/<path:object_id>/                              LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>>
/admin/articles/breakingbanner/                                          LL3.333. LL3.333. LL3.333. LL3.333. LL3.333.
/admin/articles/breakingbanner/add/                                      LL3.333. LL3.333. LL3.333. LL3.333. LL3.333.
/admin/articles/breakingbanner/<path:object_id>/history/                 LL3.333. LL3.333. LL3.333. LL3.333. LL3.333.
/admin/articles/breakingbanner/<path:object_id>/delete/                  LL333333 LL333333 LL333333 LL333333 LL333333
/admin/articles/breakingbanner/<path:object_id>/change/                  LL3.333. LL3.333. LL3.333. LL3.333. LL3.333.
/admin/articles/breakingbanner/<path:object_id>/                         LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>>
/admin/articles/correction/                                              LL3.333. LL3.333. LL3.333. LL3.333. LL3.333.
/admin/articles/correction/add/                                          LL333333 LL333333 LL333333 LL333333 LL333333
/admin/articles/correction/<path:object_id>/history/                     LL3.333. LL3.333. LL3.333. LL3.333. LL3.333.
/admin/articles/correction/<path:object_id>/delete/                      LL333333 LL333333 LL333333 LL333333 LL333333
/admin/articles/correction/<path:object_id>/change/                      LL3.333. LL3.333. LL333333 LL3.333. LL3.333.
/admin/articles/correction/<path:object_id>/                             LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>>
/admin/articles/article/<int:pk>/step/<str:verb>/                        LL3.333. LL3.333. LL3>333> LL3.333. LL3.333.
/admin/articles/article/autosave/                                        LL..333. LL..333. LL..333. LL555555 LL555555
/admin/articles/article/<int:pk>/autosave/                               LL..333. LL..333. LL3.333. LL555555 LL555555
/admin/articles/article/drafts/<str:key>/                                LL443334 LL443334 LL443334 LL555555 LL555555
/admin/articles/article/<int:pk>/revisions/                              LL..333. LL..333. LL555555 LL555555 LL555555
/admin/articles/article/<int:pk>/compare/                                LL..333. LL..333. LL555555 LL555555 LL555555
/admin/articles/article/<int:pk>/restore/<int:number>/                   LL3.333. LL3.333. LL3>333> LL555555 LL555555
/admin/articles/article/<int:pk>/previews/                               LL..333. LL..333. LL3.333. LL555555 LL555555
/admin/articles/article/<int:pk>/previews/<int:link>/revoke/             LL555555 LL555555 LL3>333> LL555555 LL555555
/admin/articles/article/<int:pk>/translations/                           LL..333. LL..333. LL553335 LL553335 LL553335
/admin/articles/article/<int:pk>/translate/<str:language>/               LL553335 LL553335 LL>>333> LL553335 LL553335
/admin/articles/article/<int:pk>/taken-over/                             LL353335 LL353335 LL3>333> LL353335 LL353335
/admin/articles/article/editor/photos/                                   LL..333. LL..333. LL555555 LL555555 LL555555
/admin/articles/article/editor/stories/                                  LL..333. LL..333. LL555555 LL555555 LL555555
/admin/articles/article/<int:pk>/dateline/                               LL3>333> LL3>333> LL3>333> LL3>333> LL3>333>
/admin/articles/article/                                                 LL..333. LL..333. LL..333. LL..333. LL..333.
/admin/articles/article/add/                                             LL..333. LL..333. LL..333. LL..333. LL..333.
/admin/articles/article/<path:object_id>/history/                        LL..333. LL..333. LL..333. LL..333. LL..333.
/admin/articles/article/<path:object_id>/delete/                         LL333333 LL333333 LL333333 LL333333 LL333333
/admin/articles/article/<path:object_id>/change/                         LL..333. LL..333. LL3.333. LL..333. LL..333.
/admin/articles/article/<path:object_id>/                                LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>>
/admin/comments/guidelineedition/                                        LL33..3. LL33..3. LL33..3. LL33..3. LL33..3.
/admin/comments/guidelineedition/<int:pk>/words/<str:language>/          LL333.33 LL333.33 LL333.33 LL333.33 LL333.33
/admin/comments/guidelineedition/<int:pk>/preview/<str:language>/        LL33..3. LL33..3. LL33..3. LL33..3. LL33..3.
/admin/comments/guidelineedition/<int:pk>/changes/<str:language>/        LL33..3. LL33..3. LL33..3. LL33..3. LL33..3.
/admin/comments/guidelineedition/<int:pk>/rehearse/                      LL333.33 LL333.33 LL333>33 LL333.33 LL333.33
/admin/comments/guidelineedition/<int:pk>/publish/                       LL333.33 LL333.33 LL333.33 LL333.33 LL333.33
/admin/comments/guidelineedition/add/                                    LL333.33 LL333.33 LL333>33 LL333.33 LL333.33
/admin/comments/guidelineedition/<path:object_id>/history/               LL33..3. LL33..3. LL33..3. LL33..3. LL33..3.
/admin/comments/guidelineedition/<path:object_id>/delete/                LL333333 LL333333 LL333333 LL333333 LL333333
/admin/comments/guidelineedition/<path:object_id>/change/                LL33..3. LL33..3. LL333333 LL33..3. LL33..3.
/admin/comments/guidelineedition/<path:object_id>/                       LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>>
/admin/comments/comment/                                                 LL33.... LL33.... LL33.... LL33.... LL33....
/admin/comments/comment/add/                                             LL333333 LL333333 LL333333 LL333333 LL333333
/admin/comments/comment/<path:object_id>/history/                        LL33.... LL33.... LL33.... LL33.... LL33....
/admin/comments/comment/<path:object_id>/delete/                         LL333333 LL333333 LL333333 LL333333 LL333333
/admin/comments/comment/<path:object_id>/change/                         LL33.... LL33.... LL333333 LL33.... LL33....
/admin/comments/comment/<path:object_id>/                                LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>>
/admin/comments/comment/to-answer/                                       LL....3. LL....3. LL555555 LL555555 LL555555
/admin/comments/comment/<int:pk>/answer/                                 LL....3. LL....3. LL....3. LL555555 LL555555
/admin/moderation/decision/                                              LL33..3. LL33..3. LL33..3. LL33..3. LL33..3.
/admin/moderation/decision/add/                                          LL333333 LL333333 LL333333 LL333333 LL333333
/admin/moderation/decision/<path:object_id>/history/                     LL33..3. LL33..3. LL33..3. LL33..3. LL33..3.
/admin/moderation/decision/<path:object_id>/delete/                      LL333333 LL333333 LL333333 LL333333 LL333333
/admin/moderation/decision/<path:object_id>/change/                      LL33..3. LL33..3. LL333333 LL33..3. LL33..3.
/admin/moderation/decision/<path:object_id>/                             LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>>
/admin/newsroom/user/<id>/password/                                      LL3333.. LL3333.. LL3333.. LL3333.. LL3333..
/admin/newsroom/user/                                                    LL3333.. LL3333.. LL3333.. LL3333.. LL3333..
/admin/newsroom/user/add/                                                LL3333.. LL3333.. LL3333.. LL3333.. LL3333..
/admin/newsroom/user/<path:object_id>/history/                           LL3333.. LL3333.. LL3333.. LL3333.. LL3333..
/admin/newsroom/user/<path:object_id>/delete/                            LL333333 LL333333 LL333333 LL333333 LL333333
/admin/newsroom/user/<path:object_id>/change/                            LL3333.. LL3333.. LL3333.. LL3333.. LL3333..
/admin/newsroom/user/<path:object_id>/                                   LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>>
/admin/<app_label>/                                                      LL..444. LL..444. LL..444. LL..444. LL..444.
/admin/(?P<url>.*)$                                                      LL444444 LL444444 LL444444 LL444444 LL444444
/desk/                                                                   L333..33 L333..33 L3335533 L3335533 L3335533
/desk/comments/<int:pk>/                                                 L333..33 L333..33 L3335533 L3335533 L3335533
/desk/comments/<int:pk>/approve/                                         L3335533 L3335533 L333..33 L3335533 L3335533
/desk/comments/<int:pk>/reject/                                          L3335533 L3335533 L333..33 L3335533 L3335533
/healthz                                                                 ........ ........ 55555555 55555555 55555555
/readyz                                                                  ........ ........ 55555555 55555555 55555555
/transparency/ledger.json                                                ........ ........ 55555555 55555555 55555555
/transparency/ledger/<int:number>.jsonl                                  ........ ........ 55555555 55555555 55555555
/transparency/checkpoints.txt                                            ........ ........ 55555555 55555555 55555555
/transparency/verify_ledger.py                                           ........ ........ 55555555 55555555 55555555
/<lang>/transparency/                                                    ........ ........ 55555555 55555555 55555555
/<lang>/transparency/numbers.json                                        ........ ........ 55555555 55555555 55555555
/<lang>/transparency/numbers.csv                                         ........ ........ 55555555 55555555 55555555
/robots.txt                                                              ........ ........ 55555555 55555555 55555555
/favicon.ico                                                             >>>>>>>> >>>>>>>> 55555555 55555555 55555555
/^media/(?P<name>[0-9a-f]{32})\.(?P<format>avif|jpg)\Z                   ........ ........ 55555555 55555555 55555555
/preview/<str:token>/                                                    ........ ........ 55555555 55555555 55555555
/preview/<str:token>/<str:signature>/<str:name>.<str:format>             ........ ........ 55555555 55555555 55555555
/<lang>/receipts/<str:token>/                                            ........ ........ 55555555 55555555 55555555
/<lang>/stories/<int:pk>/comments/                                       >>>>>>>> >>>>>>>> ........ 55555555 55555555
/<lang>/guidelines/                                                      ........ ........ 55555555 55555555 55555555
/<lang>/guidelines/<int:number>/                                         ........ ........ 55555555 55555555 55555555
/<lang>/                                                                 ........ ........ 55555555 55555555 55555555
/<lang>/sections/<str:slug>/                                             ........ ........ 55555555 55555555 55555555
/<lang>/tags/<str:slug>/                                                 ........ ........ 55555555 55555555 55555555
/<lang>/authors/<str:slug>/                                              ........ ........ 55555555 55555555 55555555
/<lang>/stories/<int:pk>/                                                >>>>>>>> >>>>>>>> 55555555 55555555 55555555
/<lang>/stories/<int:pk>/<str:slug>/                                     ........ ........ 55555555 55555555 55555555
/admin/comments/commentpolicy/                                           LL333.3. LL333.3. LL333.3. LL333.3. LL333.3.
/admin/comments/commentpolicy/add/                                       LL333333 LL333333 LL333333 LL333333 LL333333
/admin/comments/commentpolicy/<path:object_id>/history/                  LL333.3. LL333.3. LL333.3. LL333.3. LL333.3.
/admin/comments/commentpolicy/<path:object_id>/delete/                   LL333333 LL333333 LL333333 LL333333 LL333333
/admin/comments/commentpolicy/<path:object_id>/change/                   LL333.3. LL333.3. LL333>3> LL333.3. LL333.3.
/admin/comments/commentpolicy/<path:object_id>/                          LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>>
/admin/moderation/termlist/<int:pk>/try/                                 LL333.3. LL333.3. LL333.3. LL333.3. LL333.3.
/admin/moderation/termlist/<int:pk>/import/                              LL333.3. LL333.3. LL333.3. LL333.3. LL333.3.
/admin/moderation/termlist/                                              LL333.3. LL333.3. LL333.3. LL333.3. LL333.3.
/admin/moderation/termlist/add/                                          LL333.3. LL333.3. LL333.3. LL333.3. LL333.3.
/admin/moderation/termlist/<path:object_id>/history/                     LL333.3. LL333.3. LL333.3. LL333.3. LL333.3.
/admin/moderation/termlist/<path:object_id>/delete/                      LL333333 LL333333 LL333333 LL333333 LL333333
/admin/moderation/termlist/<path:object_id>/change/                      LL333.3. LL333.3. LL333.3. LL333.3. LL333.3.
/admin/moderation/termlist/<path:object_id>/                             LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>>
/admin/comments/senderblock/                                             LL333.3. LL333.3. LL333.3. LL333.3. LL333.3.
/admin/comments/senderblock/add/                                         LL333333 LL333333 LL333333 LL333333 LL333333
/admin/comments/senderblock/<path:object_id>/history/                    LL333.3. LL333.3. LL333.3. LL333.3. LL333.3.
/admin/comments/senderblock/<path:object_id>/delete/                     LL333333 LL333333 LL333333 LL333333 LL333333
/admin/comments/senderblock/<path:object_id>/change/                     LL333.3. LL333.3. LL333333 LL333.3. LL333.3.
/admin/comments/senderblock/<path:object_id>/                            LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>> LL>>>>>>
/desk/cards/                                                             L333..33 L333..33 L3335533 L3335533 L3335533
/desk/arrivals/                                                          L3334433 L3334433 L3335533 L3335533 L3335533
/desk/next/                                                              L3335533 L3335533 L333>>33 L3335533 L3335533
/desk/working/                                                           L333..33 L333..33 L3335533 L3335533 L3335533
/desk/decide/                                                            L3335533 L3335533 L333>>33 L3335533 L3335533
/desk/pause/                                                             L3335533 L3335533 L333>>33 L3335533 L3335533
/desk/filters/                                                           L3335533 L3335533 L333>>33 L3335533 L3335533
/desk/filters/<int:pk>/forget/                                           L3335533 L3335533 L3334433 L3335533 L3335533
/desk/decisions/<int:pk>/undo/                                           L3335533 L3335533 L333>>33 L3335533 L3335533
/desk/comments/<int:pk>/alike/                                           L333..33 L333..33 L3335533 L3335533 L3335533
/desk/comments/<int:pk>/skip/                                            L3335533 L3335533 L333>>33 L3335533 L3335533
/desk/second-look/                                                       L333..33 L333..33 L3335533 L3335533 L3335533
/desk/second-look/<int:pk>/                                              L3335533 L3335533 L333>.33 L3335533 L3335533
/desk/second-look/agreement/                                             L3333.33 L3333.33 L3335533 L3335533 L3335533
/desk/statistics/                                                        L3333.33 L3333.33 L3335533 L3335533 L3335533
/desk/statistics/<slug:code>.csv                                         L3333433 L3333433 L3335533 L3335533 L3335533
/desk/blocks/                                                            L3333.33 L3333.33 L3335533 L3335533 L3335533
/desk/blocks/<int:pk>/lift/                                              L3335533 L3335533 L3333>33 L3335533 L3335533
/desk/appeals/                                                           L333..33 L333..33 L3335533 L3335533 L3335533
/desk/appeals/<int:pk>/                                                  L333..33 L333..33 L333..33 L3335533 L3335533
/desk/reports/                                                           L333..33 L333..33 L3335533 L3335533 L3335533
/desk/notices/                                                           L333..33 L333..33 L3335533 L3335533 L3335533
/desk/reports/<int:pk>/                                                  L333..33 L333..33 L3335533 L3335533 L3335533
/desk/reports/<int:pk>/keep/                                             L3335533 L3335533 L333..33 L3335533 L3335533
/desk/reports/<int:pk>/remove/                                           L3335533 L3335533 L333..33 L3335533 L3335533
/desk/comments/<int:pk>/block/                                           L3333.33 L3333.33 L3333.33 L3335533 L3335533
/sitemap.xml                                                             ........ ........ 55555555 55555555 55555555
/news-sitemap.xml                                                        ........ ........ 55555555 55555555 55555555
/mail/confirm/<str:token>/                                               44444444 44444444 44444444 55555555 55555555
/mail/unsubscribe/<str:token>/                                           44444444 44444444 44444444 55555555 55555555
/<lang>/receipts/<str:token>/withdraw/                                   ........ ........ >>>>>>>> 55555555 55555555
/<lang>/receipts/<str:token>/appeal/                                     >>>>>>>> >>>>>>>> >>>>>>>> 55555555 55555555
/<lang>/guidelines/<int:number>/changes/                                 44444444 44444444 55555555 55555555 55555555
/<lang>/guidelines/<int:number>/changes/<int:before>/                    44444444 44444444 55555555 55555555 55555555
/<lang>/receipts/<str:token>/resubmit/                                   >>>>>>>> >>>>>>>> >>>>>>>> 55555555 55555555
/<lang>/stories/<int:pk>/comments/proof/                                 44444444 44444444 55555555 55555555 55555555
/<lang>/stories/<int:pk>/comments/<int:comment_pk>/                      >>>>>>>> >>>>>>>> 55555555 55555555 55555555
/<lang>/stories/<int:pk>/comments/<int:comment_pk>/reply/                ........ ........ 55555555 55555555 55555555
/<lang>/stories/<int:pk>/comments/<int:comment_pk>/report/               ........ ........ ........ 55555555 55555555
/<lang>/feed.rss                                                         ........ ........ 55555555 55555555 55555555
/<lang>/sections/<str:slug>/feed.rss                                     ........ ........ 55555555 55555555 55555555
/<lang>/tags/<str:slug>/feed.rss                                         ........ ........ 55555555 55555555 55555555
/<lang>/feed.atom                                                        ........ ........ 55555555 55555555 55555555
/<lang>/sections/<str:slug>/feed.atom                                    ........ ........ 55555555 55555555 55555555
/<lang>/tags/<str:slug>/feed.atom                                        ........ ........ 55555555 55555555 55555555
/<lang>/feed.json                                                        ........ ........ 55555555 55555555 55555555
/<lang>/sections/<str:slug>/feed.json                                    ........ ........ 55555555 55555555 55555555
/<lang>/tags/<str:slug>/feed.json                                        ........ ........ 55555555 55555555 55555555
/<lang>/^archive/(?P<year>[0-9]{4})/(?P<month>[0-9]{2})/(?P<day>[0-9]{2})/$ ........ ........ 55555555 55555555 55555555
/<lang>/corrections/                                                     ........ ........ 55555555 55555555 55555555
/<lang>/corrections/feed.rss                                             ........ ........ 55555555 55555555 55555555
/<lang>/search/                                                          ........ ........ 55555555 55555555 55555555
/<lang>/sitemap-pages.xml                                                ........ ........ 55555555 55555555 55555555
/<lang>/sitemap-<int:number>.xml                                         ........ ........ 55555555 55555555 55555555
"""


def intended() -> dict[str, dict[str, str]]:
    """The table as {address: {method: letters}}."""
    rows = [line.split() for line in TABLE.strip().splitlines() if line.strip() and not line.startswith("#")]
    return {row[0]: dict(zip(METHODS, row[1:], strict=True)) for row in rows}


def addresses(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """Every address of the URLconf as it is written there, included lists and the admin too."""
    for entry in resolver.url_patterns:
        written = "<lang>/" if isinstance(entry.pattern, LocalePrefixPattern) else str(entry.pattern)
        written = re.sub(r"^\^\(\?P<app_label>[a-z|]+\)/\$$", "<app_label>/", written)
        if isinstance(entry, URLPattern):
            yield "/" + prefix + written
        else:
            yield from addresses(entry, prefix + written)


@pytest.fixture
def cast(reporter, editor, moderator, lead, admin_person, superuser, stranger) -> dict[str, Client]:
    """A browser for each role."""
    people = dict(zip(ROLES[1:], (stranger, reporter, editor, moderator, lead, admin_person, superuser), strict=True))
    clients = {"anonymous": Client()}
    for role, person in people.items():
        clients[role] = Client()
        clients[role].force_login(person)
    return clients


@pytest.fixture
def objects(editor, moderator, lead, stranger) -> dict[str, object]:
    """One of everything that an address can name. The story in the admin is somebody's draft."""
    photo = make_photo(by=editor)
    public = make_story(by=editor, **leading_with(photo))
    draft = make_draft(by=editor, headline="Not yet", place_id=make_place().pk)
    pending = make_comment(public)
    publishing.correct(public, line="It was Tuesday.", by=editor)
    dated = {"begins_at": timezone.now(), "ends_at": timezone.now() + timedelta(hours=1), "created_by": editor}
    return {
        "public": public,
        "correction": public.corrections.get(),
        "frontslot": front.put_in_slot(FrontSlot(article=public, position=1, **dated)),
        "breakingbanner": front.announce(BreakingBanner(language="en", text="Water at the bridge", **dated)),
        "draft": draft,
        "section": public.section,
        "author": public.bylines.get().author,
        "photo": photo,
        "place": draft.place,
        "tag": public.tags.first(),
        "comment": pending,
        "decision": make_decided(public, "approved", by=moderator).decisions.get(),
        "look": SecondLook.objects.create(decision=make_decided(public, "approved", by=moderator).decisions.get()),
        "guidelineedition": GuidelineEdition.objects.get(),
        "draft_edition": editions.draft(by=lead),
        "appeal": appeals.appeal(
            make_decided(public, "rejected", by=moderator, guidelines=["abuse"], body="Rude."), written="Why?"
        ),
        "user": stranger,
        "group": Group.objects.get(name=Role.EDITOR),
        "token": receipts.token_of(pending.nonce),
        "preview": previews.make(draft, by=editor, days=3),
        "commentpolicy": CommentPolicy.objects.create(pk=1),
        "termlist": TermList.objects.create(language="en", guideline="promotion", name="A list", is_active=False),
        "senderblock": SenderBlock.objects.create(
            hash="0" * 64, reason="A test.", by=stranger, expires_at=timezone.now() + timedelta(days=1)
        ),
    }


def filled(address: str, objects: dict[str, object]) -> str:
    """``address`` with real objects in place of its arguments."""
    public, draft = objects["public"], objects["draft"]
    of_draft = f"/admin/articles/article/{draft.pk}/"
    file = objects["photo"].made("whole", "jpg")[0]
    special = {
        r"/^media/(?P<name>[0-9a-f]{32})\.(?P<format>avif|jpg)\Z": file.get_absolute_url(),
        **{
            f"/admin/articles/article/<int:pk>/{page}": f"/admin/articles/article/{draft.pk}/{real}"
            for page, real in (
                ("autosave/", "autosave/"),
                ("revisions/", "revisions/"),
                ("compare/", "compare/"),
                ("restore/<int:number>/", "restore/1/"),
                ("previews/", "previews/"),
                ("previews/<int:link>/revoke/", f"previews/{objects['preview'].pk}/revoke/"),
            )
        },
        "/admin/articles/article/drafts/<str:key>/": "/admin/articles/article/drafts/of-somebody-else-12/",
        "/preview/<str:token>/": previews.address(objects["preview"]),
        "/preview/<str:token>/<str:signature>/<str:name>.<str:format>": preview_views.photo_address(
            objects["preview"], file.name, "jpg"
        ),
        "/admin/articles/article/<int:pk>/step/<str:verb>/": f"{of_draft}step/publish/",
        "/admin/articles/article/<int:pk>/translations/": f"{of_draft}translations/",
        "/admin/articles/article/<int:pk>/translate/<str:language>/": f"{of_draft}translate/tr/",
        "/admin/articles/article/<int:pk>/taken-over/": f"{of_draft}taken-over/",
        "/admin/articles/tag/<int:pk>/merge/": f"/admin/articles/tag/{objects['tag'].pk}/merge/",
        "/admin/newsroom/user/<id>/password/": f"/admin/newsroom/user/{objects['user'].pk}/password/",
        "/admin/autocomplete/": "/admin/autocomplete/?app_label=articles&model_name=byline&field_name=author&term=d",
        "/admin/<app_label>/": "/admin/articles/",
        "/admin/(?P<url>.*)$": "/admin/nothing/here/",
        "/<lang>/sections/<str:slug>/": "/en/sections/middle-east/",
        "/<lang>/tags/<str:slug>/": f"/en/tags/{objects['tag'].slug}/",
        "/<lang>/authors/<str:slug>/": "/en/authors/dana-reporter/",
        "/<lang>/receipts/<str:token>/": f"/en/receipts/{objects['token']}/",
        "/<lang>/guidelines/<int:number>/": "/en/guidelines/1/",
        r"/<lang>/^archive/(?P<year>[0-9]{4})/(?P<month>[0-9]{2})/(?P<day>[0-9]{2})/$": (
            f"/en/archive/{timezone.localtime(public.first_published_at):%Y/%m/%d}/"
        ),
        "/<lang>/sitemap-<int:number>.xml": f"/en/sitemap-{(public.pk - 1) // sitemaps.IDS_PER_PAGE + 1}.xml",
        "/<lang>/receipts/<str:token>/withdraw/": f"/en/receipts/{objects['token']}/withdraw/",
        "/<lang>/receipts/<str:token>/resubmit/": f"/en/receipts/{objects['token']}/resubmit/",
        "/mail/confirm/<str:token>/": "/mail/confirm/nobody/",
        "/mail/unsubscribe/<str:token>/": "/mail/unsubscribe/nobody/",
        "/desk/statistics/<slug:code>.csv": "/desk/statistics/waiting.csv",
        "/desk/second-look/<int:pk>/": f"/desk/second-look/{objects['look'].pk}/",
        "/desk/decisions/<int:pk>/undo/": f"/desk/decisions/{objects['decision'].pk}/undo/",
        "/desk/filters/<int:pk>/forget/": "/desk/filters/1/forget/",
        "/admin/comments/comment/<int:pk>/answer/": (
            f"/admin/comments/comment/{objects['decision'].comment.pk}/answer/"
        ),
        **{
            f"/desk/reports/<int:pk>/{verb}": f"/desk/reports/{objects['decision'].comment_id}/{verb}"
            for verb in ("", "keep/", "remove/")
        },
        "/desk/appeals/<int:pk>/": f"/desk/appeals/{objects['appeal'].pk}/",
        "/<lang>/receipts/<str:token>/appeal/": f"/en/receipts/{objects['token']}/appeal/",
        "/<lang>/guidelines/<int:number>/changes/": "/en/guidelines/1/changes/",
        "/<lang>/guidelines/<int:number>/changes/<int:before>/": "/en/guidelines/1/changes/2/",
        **{
            f"/admin/comments/guidelineedition/<int:pk>/{page}": (
                f"/admin/comments/guidelineedition/{objects['draft_edition'].pk}/{page.replace('<str:language>', 'en')}"
            )
            for page in (
                "words/<str:language>/",
                "preview/<str:language>/",
                "changes/<str:language>/",
                "rehearse/",
                "publish/",
            )
        },
        "/desk/blocks/<int:pk>/lift/": f"/desk/blocks/{objects['senderblock'].pk}/lift/",
        "/admin/moderation/termlist/<int:pk>/try/": f"/admin/moderation/termlist/{objects['termlist'].pk}/try/",
        "/admin/moderation/termlist/<int:pk>/import/": f"/admin/moderation/termlist/{objects['termlist'].pk}/import/",
    }
    if address in special:
        return special[address]
    in_admin = re.match(r"/admin/[a-z]+/([a-z]+)/", address)
    named = objects.get({"article": "draft"}.get(in_admin[1], in_admin[1])) if in_admin else None
    about_comment = address.startswith("/desk/")
    address = address.replace("<path:object_id>", str(named.pk) if named else "")
    address = address.replace("<int:pk>", str(objects["comment"].pk if about_comment else public.pk))
    shown = objects["decision"].comment.pk
    address = address.replace("<int:comment_pk>", str(shown)).replace("<int:number>", "1")
    if address.startswith("/<lang>/sections/"):
        address = address.replace("<str:slug>", "middle-east")
    if address.startswith("/<lang>/tags/"):
        address = address.replace("<str:slug>", objects["tag"].slug)
    address = address.replace("<str:slug>", public.slug).replace("<lang>", "en")
    assert "<" not in address, f"no object for {address}"
    return address


def letter(response: HttpResponse) -> str:
    status = response.status_code
    if status in (301, 302, 303, 307, 308):
        return "L" if response["Location"].startswith("/admin/login/") else ">"
    if status in (403, 404, 405):
        return str(status)[-1]
    return "." if status in (200, 400, 409) else str(status)


def answer(browser: Client, method: str, address: str) -> str:
    """The letter of one request, after which everything is as it was before."""
    client = Client()
    client.cookies.load(browser.cookies.output(header="", sep=";"))
    with transaction.atomic():
        response = client.generic(method, address, "nothing=asked", content_type="application/x-www-form-urlencoded")
        found = letter(response)
        transaction.set_rollback(True)
    return found


def found_letters(cast, objects, address: str) -> dict[str, str]:
    """What each role is answered at ``address``, by method."""
    real = filled(address, objects)
    return {method: "".join(answer(cast[role], method, real) for role in ROLES) for method in METHODS}


def test_the_table_names_every_address_of_the_house():
    assert sorted(intended()) == sorted(addresses(get_resolver()))


@pytest.mark.parametrize("address", intended())
def test_every_role_is_answered_as_the_table_says(address, cast, objects):
    assert found_letters(cast, objects, address) == intended()[address]


def test_every_row_speaks_of_every_role_and_method():
    cells = [cell for by_method in intended().values() for cell in by_method.values()]
    assert {len(cell) for cell in cells} == {len(ROLES)}
    assert set("".join(cells)) == set(".>L345")
    assert set(Role) == {Role(role) for role in ("Reporter", "Editor", "Moderator", "Moderation lead", "Admin")}


def test_nobody_deletes_anything_in_the_admin():
    deleting = {address: row for address, row in intended().items() if address.endswith("/delete/")}
    assert {letters for row in deleting.values() for letters in row.values()} == {"LL333333"}
    assert len(deleting) == len(admin.site._registry)  # and no table without such an address


def planted(*patterns: URLPattern) -> ModuleType:
    """The house's URLconf with ``patterns`` in front of it."""
    module = ModuleType("planted_urls")
    module.urlpatterns = [*patterns, *urls.urlpatterns]
    return module


def test_an_address_the_table_does_not_name_is_caught(settings):
    settings.ROOT_URLCONF = planted(path("desk/export/", lambda request: HttpResponse()))
    assert set(addresses(get_resolver())) - set(intended()) == {"/desk/export/"}


def test_a_page_that_lost_its_guard_is_caught(settings, cast, objects):
    settings.ROOT_URLCONF = planted(path("desk/", lambda request: HttpResponse()))
    assert found_letters(cast, objects, "/desk/")["GET"] == "........" != intended()["/desk/"]["GET"]


# What each key does not open ------------------------------------------------------------------------------------------
def test_moderators_and_admins_see_no_drafts(as_, moderator, lead, admin_person, editor):
    draft = make_draft(by=editor, headline="Canary headline")
    pages = [
        "/admin/articles/article/",
        f"/admin/articles/article/{draft.pk}/change/",
        f"/admin/articles/article/{draft.pk}/history/",
        f"/admin/articles/article/{draft.pk}/step/publish/",
        "/admin/articles/article/?q=Canary",
    ]
    for person in (moderator, lead, admin_person):
        answers = [as_(person).get(page) for page in pages]
        assert [response.status_code for response in answers] == [403] * len(pages)
        assert not [response for response in answers if "Canary" in response.text]
        assert as_(person).get(draft.get_absolute_url()).status_code == 404
    assert "Canary" in as_(editor).get(pages[1]).text


def test_the_admins_shortcut_to_the_site_names_no_draft(as_, moderator, lead, admin_person, editor):
    """``/admin/r/`` sends any member of staff to an object's address, and a draft's address holds its headline."""
    draft = make_draft(by=editor, headline="Canary headline", slug="canary-headline")
    shortcut = f"/admin/r/{ContentType.objects.get_for_model(Article).pk}/{draft.pk}/"
    for person in (moderator, lead, admin_person):
        response = as_(person).get(shortcut)
        assert "canary" not in response.get("Location", "")
        assert response.status_code in (403, 404)


def test_journalists_and_superusers_decide_no_comment(as_, reporter, editor, admin_person, superuser, story):
    comment = make_comment(story)
    for person in (reporter, editor, admin_person, superuser):
        browser = as_(person)
        for verb in ("approve", "reject"):
            posted = {"seen_version": 0, "guidelines": ["abuse"] if verb == "reject" else []}
            assert browser.post(f"/desk/comments/{comment.pk}/{verb}/", posted).status_code == 403
        assert browser.get("/desk/").status_code == 403
        assert browser.get(f"/desk/comments/{comment.pk}/").status_code == 403
    comment.refresh_from_db()
    assert (comment.status, comment.version, comment.decisions.count()) == ("pending", 0, 0)


def test_journalists_read_no_waiting_comment_in_the_admin(as_, reporter, editor, admin_person, story):
    comment = make_comment(story, "Canary comment")
    for person in (reporter, editor):  # an Admin erases on request, and must find the comment to do so
        for page in ("/admin/comments/comment/", f"/admin/comments/comment/{comment.pk}/change/"):
            assert as_(person).get(page).status_code == 403


def test_nobody_edits_adds_or_deletes_a_comment_in_the_admin(as_, moderator, lead, superuser, story):
    comment = make_comment(story, "As written.")
    edited = {"body": "Edited", "display_name": "Edited", "status": "approved"}
    for person in (moderator, lead, superuser):
        browser = as_(person)
        assert browser.post(f"/admin/comments/comment/{comment.pk}/change/", edited).status_code == 403
        assert browser.post(f"/admin/comments/comment/{comment.pk}/delete/", {"post": "yes"}).status_code == 403
        assert browser.post("/admin/comments/comment/add/", edited).status_code == 403
        bulk = {"action": "delete_selected", "_selected_action": [comment.pk], "post": "yes"}
        browser.post("/admin/comments/comment/", bulk)
    assert [(c.body, c.display_name, c.status) for c in Comment.objects.all()] == [("As written.", "Shilan", "pending")]


def test_no_list_of_the_admin_offers_to_delete(superuser):
    request = RequestFactory().get("/admin/")
    request.user = superuser
    offered = {model.__name__: list(of.get_actions(request)) for model, of in admin.site._registry.items()}
    assert {name: actions for name, actions in offered.items() if actions} == {"Comment": ["erase_on_request"]}
    assert "Comment" in offered
    # The control: on a list without the house's rule the same question finds the action.
    assert list(admin.ModelAdmin(Comment, admin.site).get_actions(request)) == ["delete_selected"]
