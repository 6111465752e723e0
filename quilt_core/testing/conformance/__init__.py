"""The conformance suite: what every backend does, as tests that a backend author runs.

    import pytest
    from quilt_core.testing import conformance

    @pytest.fixture
    def world(tmp_path):
        world = MyWorld(tmp_path)        # a conformance.World
        yield world
        world.close()

    class TestReading(conformance.PackageReading): ...
    class TestBrowsing(conformance.Browsing): ...
    # … and so on: conformance.ROOMS lists all of them

Each test proves a behaviour that docs/behaviour.md numbers. Replacing a test must be declared with
`overrides_behaviour`. New mandatory tests come only in minor versions of quilt-core.
"""

import pytest

# Before the modules with assertions are imported, so that failures show their values.
pytest.register_assert_rewrite(
    *(
        f"{__name__}.{room}"
        for room in (
            "admin_rooms",
            "content",
            "packages",
            "refusals",
            "registry_rooms",
            "searching",
            "writing",
        )
    )
)

# ruff: noqa: E402
from quilt_core.testing.conformance.admin_rooms import AdminAccess, AdminRest, AdminUsers
from quilt_core.testing.conformance.behaviour import (
    Behaviour,
    Room,
    behaviour_of,
    overrides_behaviour,
)
from quilt_core.testing.conformance.content import Browsing, ContentUrls
from quilt_core.testing.conformance.packages import PackageReading
from quilt_core.testing.conformance.refusals import Refusals
from quilt_core.testing.conformance.registry_rooms import Aws, Buckets, Catalog, Tabulator
from quilt_core.testing.conformance.searching import Searching
from quilt_core.testing.conformance.world import Who, World
from quilt_core.testing.conformance.writing import Creating, Deleting, Updating

ROOMS: tuple[type[Room], ...] = (
    Catalog,
    Buckets,
    PackageReading,
    Creating,
    Updating,
    Deleting,
    Browsing,
    ContentUrls,
    Searching,
    Tabulator,
    Aws,
    AdminUsers,
    AdminAccess,
    AdminRest,
    Refusals,
)
"""Every class of the suite."""

__all__ = [
    "ROOMS",
    "AdminAccess",
    "AdminRest",
    "AdminUsers",
    "Aws",
    "Behaviour",
    "Browsing",
    "Buckets",
    "Catalog",
    "ContentUrls",
    "Creating",
    "Deleting",
    "PackageReading",
    "Refusals",
    "Room",
    "Searching",
    "Tabulator",
    "Updating",
    "Who",
    "World",
    "behaviour_of",
    "overrides_behaviour",
]
