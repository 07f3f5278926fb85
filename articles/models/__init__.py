"""Stories and what they are made of, one concept a file."""

from articles.models.article import Article, ArticleQuerySet, Byline, Status
from articles.models.house import Author, AuthorName, Place, PlaceName, Section, SectionName
from articles.models.photo import Photo, PhotoQuerySet, Rendition
from articles.models.revision import Revision, StatusChange
from articles.models.tag import Tag, TaggedArticle

__all__ = [
    "Article",
    "ArticleQuerySet",
    "Author",
    "AuthorName",
    "Byline",
    "Photo",
    "PhotoQuerySet",
    "Place",
    "PlaceName",
    "Rendition",
    "Revision",
    "Section",
    "SectionName",
    "Status",
    "StatusChange",
    "Tag",
    "TaggedArticle",
]
