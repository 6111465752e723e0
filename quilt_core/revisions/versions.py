"""Where a registry's bucket keeps no versions, a write of objects changes older revisions."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import attrs

from quilt_core.domain.stored_keys import stored_object
from quilt_core.domain.uris import ObjectUri, S3Uri
from quilt_core.errors import ValidationError


def is_versioned(uri: ObjectUri | None) -> bool:
    """Whether a URI will name the same bytes for ever: with a version that is not "null", which
    S3 gives to all versions that are written where versions are suspended."""
    return isinstance(uri, S3Uri) and uri.version_id not in (None, "null")


@attrs.frozen(kw_only=True)
class VersionCheck:
    """Looks at a bucket before and after the first object of a write is put there.

    The one rule of all operations that put a package's objects into a registry, `push_package` as
    well as the copies of a create, an update and a promotion: an object that is written again in a
    bucket without versions changes what earlier revisions mean, so it is refused unless the caller
    allows it.
    """

    bucket: str
    """Where the objects go."""
    allowed: bool
    """What the caller gave as `allow_unversioned`; True looks at nothing."""
    look: Callable[[str], bool | None]
    """Whether some object of a bucket has a version, be it "null"; None when none can be seen."""
    known: Iterable[str] = ()
    """Physical keys of the package's entries: one in this bucket with a version says enough."""

    def before(self) -> None:
        """Look at some object of the bucket; `ValidationError` when it has no version.

        What was written before versions were switched on has the version "null", which says
        nothing, and so does a bucket that is empty or that this identity may not list.
        """
        if not (self.allowed or self._is_known()) and self.look(self.bucket) is False:
            raise self._refused()

    def after(self, written: ObjectUri) -> None:
        """Look at the first object that was written; `ValidationError` when it has no version."""
        if not self.allowed and not is_versioned(written):
            raise self._refused()

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
