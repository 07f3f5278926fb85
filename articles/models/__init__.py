"""Stories and what they are made of, one concept a file."""

from articles.models.article import Article, ArticleQuerySet, Byline, Status
from articles.models.correction import Correction, CorrectionQuerySet
from articles.models.draft import Draft, Presence
from articles.models.front import BreakingBanner, DailyReads, FrontSlot, MostRead
from articles.models.house import Author, AuthorName, Place, PlaceName, Section, SectionName
from articles.models.limit import SectionLimit
from articles.models.photo import Photo, PhotoQuerySet, Rendition
from articles.models.preview import PreviewLink
from articles.models.revision import Revision, StatusChange
from articles.models.tag import FormerTag, Tag, TaggedArticle

__all__ = [
    "Article",
    "ArticleQuerySet",
    "Author",
    "AuthorName",
    "BreakingBanner",
    "Byline",
    "Correction",
    "CorrectionQuerySet",
    "DailyReads",
    "FrontSlot",
    "MostRead",
    "Draft",
    "FormerTag",
    "Photo",
    "PhotoQuerySet",
    "Place",
    "PlaceName",
    "Presence",
    "PreviewLink",
    "Rendition",
    "Revision",
    "Section",
    "SectionLimit",
    "SectionName",
    "Status",
    "StatusChange",
    "Tag",
    "TaggedArticle",
]
