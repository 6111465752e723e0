"""The files of a folder that earlier downloads wrote and the revision does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quilt_core.transfer.folders import FileState
from quilt_core.transfer.patterns import Selection
from quilt_core.transfer.records import DownloadRecord, Written
from quilt_core.transfer.safe_paths import Target, key_problem

if TYPE_CHECKING:
    from quilt_core.composition.download import DownloadRequest


class SupersededFiles:
    """Deletes files that earlier downloads wrote and the revision does not have."""

    def __init__(
        self,
        request: DownloadRequest,
        selection: Selection,
        target: Target,
        record: DownloadRecord,
    ) -> None:
        self._request = request
        self._selection = selection
        self._target = target
        self._record = record
        self.deleted: list[str] = []
        self.kept: list[str] = []

    def delete(self, keys: set[str]) -> None:
        """Delete the recorded files that are not among `keys`, the files of the revision."""
        left = []
        for key, written in self._record.files().items():
            meant = self._request.means(key, self._selection) and key_problem(key) is None
            if key in keys or not meant or self._target.leaves(key):
                left.append(written)
            elif not self._is_as_written(written):
                continue  # it is gone, or was changed by the user
            elif self._request.dry_run:
                self.deleted.append(key)
                left.append(written)
            elif not self._delete(key):
                left.append(written)
        if not self._request.dry_run:
            self._record.replace(left)

    def _is_as_written(self, written: Written) -> bool:
        try:
            found = FileState.of(self._target.path(written.key).lstat())
        except OSError:
            return False
        same = written.state == found
        if not same:
            self.kept.append(written.key)
        return same

    def _delete(self, key: str) -> bool:
        path = self._target.path(key)
        try:
            path.unlink()
        except OSError:
            self.kept.append(key)
            return False
        self.deleted.append(key)
        for folder in path.parents:
            if folder == self._target.root:
                break
            try:
                folder.rmdir()
            except OSError:
                break  # it holds something else
        return True
