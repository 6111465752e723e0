"""The check for buckets without versions, in which writing objects can change older revisions."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import attrs

from quilt_core.domain.stored_keys import stored_object
from quilt_core.domain.uris import ObjectUri, S3Uri
from quilt_core.errors import ValidationError


def is_versioned(uri: ObjectUri | None) -> bool:
    """Whether a URI will always name the same bytes: it has a version that is not "null", which S3
    gives to objects that are written while versioning is suspended.
    """
    return isinstance(uri, S3Uri) and uri.version_id not in (None, "null")


def shows_versions(version: str | None) -> bool | None:
    """What the version of some object of a bucket shows about the bucket: True if it keeps
    versions, False if the object has none. None for the version "null", which objects have that
    were written before versioning was enabled or while it is suspended.
    """
    return None if version == "null" else version is not None


@attrs.frozen(kw_only=True)
class VersionCheck:
    """Checks a bucket before and after the first object of a write is put there.

    This is the rule of all operations that put a package's objects into a registry (`push_package`,
    and the copies of a create, an update and a promotion): overwriting an object in a bucket
    without versions changes what earlier revisions refer to, so it is refused unless the caller
    allows it.
    """

    bucket: str
    """The bucket to which the objects are written."""
    allowed: bool
    """The caller's `allow_unversioned`; with True nothing is checked."""
    has_versions: Callable[[str], bool | None]
    """Whether a bucket keeps versions, as one of its objects shows it (`shows_versions`); None if
    it shows nothing, or if no object can be seen.
    """
    known: Iterable[str] = ()
    """Physical keys of the package's entries: one with a version in this bucket is sufficient."""

    def before(self) -> bool:
        """Look at some object of the bucket; raises `ValidationError` if it has no version.

        Objects that were written before versioning was enabled have the version "null", which
        proves nothing; nor does a bucket that is empty or that this identity may not list. Then the
        first object that is written decides (`after`). It stays where it is if the write is
        refused: without versions, deleting it could delete what somebody else has written to the
        same key since then.

        Returns whether objects may be written before the first one is checked: the caller allows
        it, or the package has objects with versions in this bucket.
        """
        if self.allowed or self._is_known():
            return True
        self._shown()
        return False

    def unchecked(self) -> tuple[str, ...]:
        """Do what `before` does, for a dry run of a write that would put objects into the bucket.

        Returns
        -------
        tuple of str
            What could not be checked: "versions", if nothing shows whether the bucket keeps
            versions, so that the write may be refused after its first object; otherwise nothing.

        Raises
        ------
        ValidationError
            When the bucket keeps no versions, unless the caller allows that.
        """
        if self.allowed or self._is_known() or self._shown():
            return ()
        return ("versions",)

    def after(self, written: ObjectUri) -> None:
        """Check the first object that was written; raises `ValidationError` if it has no
        version.
        """
        if not self.allowed and not is_versioned(written):
            raise self._refused()

    def _shown(self) -> bool | None:
        """What an object of the bucket shows; raises `ValidationError` if it has no version."""
        shown = self.has_versions(self.bucket)
        if shown is False:
            raise self._refused()
        return shown

    def _is_known(self) -> bool:
        places = map(stored_object, self.known)
        return any(one and one.bucket == self.bucket and is_versioned(one) for one in places)

    def _refused(self) -> ValidationError:
        return ValidationError(
            f"s3://{self.bucket} keeps no versions: an object that is written again there changes "
            "what earlier revisions mean.",
            hint="Turn on versioning for the bucket, or write with allow_unversioned=True "
            "(--allow-unversioned).",
            context={"bucket": self.bucket},
        )
