"""The page cache: a public page is rendered once per change, not once per visit. A leaf: imports no app.

``PageCache`` (serving.py) wraps the WSGI application and answers allow-listed anonymous GETs from a store, before
Django's own machinery and without a query. A page is stored under the keys of what it shows, which its view names with
``depends_on``; a verb that changes something calls ``changed`` in its own transaction (changes.py).

How a stale page is kept out:

- ``changed`` writes a ``PageChange`` row in the verb's transaction, so a change and the news of it are one commit, and
  removes the pages of its keys after the commit.
- A render notes the newest change before its first query and is kept only if none of its keys changed since; that is
  looked up once more after it was stored, so a purge cannot slip in between.
- A thread in every process (watch.py) reads new changes twice a second and removes their pages: what another node did,
  or a process killed between its commit and its purge. It goes on from the last change the store has seen. A cache
  whose thread has not looked for two seconds is not asked.
- What pages share (the menu, the banner) is asked for once in a process and forgotten by the same news (facts.py).
- After a change that only adds (a comment was approved, a story appeared) one reader's request draws the page anew
  while the others get the copy of before, for at most a second. A change that takes away removes that copy too.
"""

from newsroom.pages.changes import (
    changed,
    changed_since,
    depends_on,
    earliest,
    forget_old_changes,
    holds_until,
    newest_change,
)
from newsroom.pages.facts import Facts, fact
from newsroom.pages.page import Page
from newsroom.pages.serving import PageCache
from newsroom.pages.store import FileStore, Store, configured_store
from newsroom.pages.watch import Watch

__all__ = [
    "Facts",
    "FileStore",
    "Page",
    "PageCache",
    "Store",
    "Watch",
    "changed",
    "changed_since",
    "configured_store",
    "depends_on",
    "earliest",
    "fact",
    "forget_old_changes",
    "holds_until",
    "newest_change",
]
