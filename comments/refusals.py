"""Why a comment or a report was not taken: the named exceptions of posting. Nothing is stored when one is raised."""


class CommentRefused(Exception):
    """Why a comment was not taken; nothing is stored."""


class StoryNotPublic(CommentRefused):
    """There is no such story for the public, or not any more."""


class CommentsClosed(CommentRefused):
    """The story takes no comments. Its text says why, in the reader's language."""


class ParentNotPublic(CommentRefused):
    """The comment replied to is not on this story's page."""


class TooMany(CommentRefused):
    """A limit is reached. Its text says which, for the reader; ``seconds`` is how long to wait."""

    def __init__(self, message: str, *, seconds: int):
        super().__init__(message)
        self.seconds = seconds


class AlreadyPosted(CommentRefused):
    """This browser sent the same text on the same story before. ``token`` opens that comment's receipt."""

    def __init__(self, token: str):
        super().__init__(token)
        self.token = token
