"""The thread in every process that follows the changes."""

import logging
import os
import threading
import time

from django.db import Error, close_old_connections, connection

from newsroom.pages.changes import Change, changed_since
from newsroom.pages.store import Store

logger = logging.getLogger(__name__)

LOOK_EVERY, BLIND_AFTER, PRUNE_EVERY = 0.5, 2.0, 60.0  # seconds


class Watch:
    """Follows the changes and removes their pages from one process's store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.looked_at = float("-inf")
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._pid = 0

    def sees(self) -> bool:
        """Whether the store may be trusted now; starts the thread in a process that has none yet."""
        if self._pid != os.getpid():
            self._pid = os.getpid()
            self._thread = threading.Thread(target=self._run, name="page-watch", daemon=True)
            self._thread.start()
        return time.monotonic() - self.looked_at < BLIND_AFTER

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stopping.set()
        if self._thread:
            self._thread.join()

    def look(self) -> None:
        """Remove the pages of every change since the last look.

        Whoever made the change did so at once; what is left comes late, so no copy of before is kept for it. Raises
        django.db.Error or OSError when database or store are away.
        """
        began = time.monotonic()
        new = changed_since(self.store.seen)
        if new:
            self.store.remove({Change(number, key, only_adds=False) for number, key, _only_adds in new})
            self.store.note_seen(new[-1].number)
        self.looked_at = began

    def _run(self) -> None:
        pruned_at = float("-inf")
        while not self._stopping.is_set():
            try:
                close_old_connections()
                self.look()
                if time.monotonic() - pruned_at > PRUNE_EVERY:
                    self.store.prune()
                    pruned_at = time.monotonic()
            except (Error, OSError):
                self.looked_at = float("-inf")
                logger.exception("page watch: cannot look for changes; pages are rendered until it can")
            self._stopping.wait(LOOK_EVERY)
        connection.close()
