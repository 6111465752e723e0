"""The conformance suite: what every backend does, as tests that a backend author runs.

    import pytest
    from quilt_core.testing import conformance

    @pytest.fixture
    def environment(tmp_path):
        environment = MyEnvironment(tmp_path)        # a conformance.Environment
        yield environment
        environment.close()

    class TestReading(conformance.PackageReading): ...
    class TestBrowsing(conformance.Browsing): ...
    # … and so on: conformance.TEST_CLASSES lists all of them

Each test proves a behaviour that docs/behaviour.md numbers. Replacing a test must be declared with
`overrides_behaviour`. New mandatory tests come only in minor versions of quiltops.
"""

import pkgutil
import warnings
from typing import Any

import pytest

# Before the modules with assertions are imported, so that failures show their values.
pytest.register_assert_rewrite(
    *(f"{__name__}.{module.name}" for module in pkgutil.iter_modules(__path__))
)

# ruff: noqa: E402
from quilt_core.testing.conformance.admin_access import AdminAccess
from quilt_core.testing.conformance.admin_details import AdminDetails
from quilt_core.testing.conformance.admin_rest import AdminRest
from quilt_core.testing.conformance.admin_roles import AdminRoles
from quilt_core.testing.conformance.admin_users import AdminUsers
from quilt_core.testing.conformance.behaviour import (
    Behaviour,
    BehaviourTests,
    behaviour_of,
    overrides_behaviour,
    proofs_of,
)
from quilt_core.testing.conformance.catalog import Aws, Buckets, Catalog, Tabulator
from quilt_core.testing.conformance.catalog_repetitions import CatalogRepetitions
from quilt_core.testing.conformance.content import Browsing, ContentUrls
from quilt_core.testing.conformance.creating import Creating
from quilt_core.testing.conformance.deleting import Deleting
from quilt_core.testing.conformance.details import Details
from quilt_core.testing.conformance.downloading import ContentReading, Downloading
from quilt_core.testing.conformance.environment import Environment, TestUser
from quilt_core.testing.conformance.error_details import ErrorDetails
from quilt_core.testing.conformance.exactness import Exactness
from quilt_core.testing.conformance.fidelity import Fidelity
from quilt_core.testing.conformance.kept_entries import DryRuns, KeptEntries
from quilt_core.testing.conformance.letters import Letters
from quilt_core.testing.conformance.lifecycle import Lifecycle
from quilt_core.testing.conformance.limits import Limits
from quilt_core.testing.conformance.links import Links
from quilt_core.testing.conformance.nesting import Nesting
from quilt_core.testing.conformance.nothing_written import NothingWritten
from quilt_core.testing.conformance.object_writing import ObjectWriting
from quilt_core.testing.conformance.objects import Objects
from quilt_core.testing.conformance.odd_manifests import OddManifests
from quilt_core.testing.conformance.orders import Orders
from quilt_core.testing.conformance.other_catalogs import OtherCatalogs
from quilt_core.testing.conformance.outcomes import Outcomes
from quilt_core.testing.conformance.packages import PackageReading
from quilt_core.testing.conformance.pointers import Pointers
from quilt_core.testing.conformance.progress_reports import ProgressReports
from quilt_core.testing.conformance.pushing import Pushing
from quilt_core.testing.conformance.query_runs import QueryRuns
from quilt_core.testing.conformance.querying import Querying
from quilt_core.testing.conformance.refusals import Refusals
from quilt_core.testing.conformance.registries import Registries, TabulatorDetails
from quilt_core.testing.conformance.repetitions import Repetitions
from quilt_core.testing.conformance.rights import Rights
from quilt_core.testing.conformance.roles import Roles
from quilt_core.testing.conformance.same_content import SameContent
from quilt_core.testing.conformance.search_details import SearchDetails
from quilt_core.testing.conformance.search_words import SearchWords
from quilt_core.testing.conformance.searching import Searching
from quilt_core.testing.conformance.shut_out import ShutOut
from quilt_core.testing.conformance.times import Times
from quilt_core.testing.conformance.untouched import Untouched
from quilt_core.testing.conformance.updating import Updating

TEST_CLASSES: tuple[type[BehaviourTests], ...] = (
    Catalog,
    OtherCatalogs,
    Buckets,
    PackageReading,
    Creating,
    Updating,
    KeptEntries,
    DryRuns,
    Outcomes,
    Deleting,
    Lifecycle,
    Links,
    Roles,
    Pointers,
    Fidelity,
    Browsing,
    ContentUrls,
    OddManifests,
    Objects,
    ObjectWriting,
    Pushing,
    Downloading,
    NothingWritten,
    Nesting,
    Times,
    ContentReading,
    Searching,
    SearchDetails,
    SearchWords,
    Registries,
    Rights,
    Tabulator,
    TabulatorDetails,
    Querying,
    QueryRuns,
    Aws,
    AdminUsers,
    AdminAccess,
    AdminRest,
    AdminDetails,
    AdminRoles,
    CatalogRepetitions,
    Repetitions,
    Limits,
    Letters,
    Orders,
    Exactness,
    SameContent,
    ShutOut,
    Untouched,
    ErrorDetails,
    ProgressReports,
    Details,
    Refusals,
)
"""Every class of the suite."""


def behaviours() -> tuple[Behaviour, ...]:
    """Every behaviour that the suite proves, in the order of docs/behaviour.md."""
    return tuple(found for test_class in TEST_CLASSES for found, _ in proofs_of(test_class))


__all__ = [
    "TEST_CLASSES",
    "AdminAccess",
    "AdminDetails",
    "AdminRest",
    "AdminRoles",
    "AdminUsers",
    "Aws",
    "Behaviour",
    "BehaviourTests",
    "Browsing",
    "Buckets",
    "Catalog",
    "CatalogRepetitions",
    "ContentReading",
    "ContentUrls",
    "Creating",
    "Deleting",
    "Details",
    "Downloading",
    "DryRuns",
    "Environment",
    "ErrorDetails",
    "Exactness",
    "Fidelity",
    "KeptEntries",
    "Letters",
    "Lifecycle",
    "Limits",
    "Links",
    "Nesting",
    "NothingWritten",
    "ObjectWriting",
    "Objects",
    "OddManifests",
    "Orders",
    "OtherCatalogs",
    "Outcomes",
    "PackageReading",
    "Pointers",
    "ProgressReports",
    "Pushing",
    "QueryRuns",
    "Querying",
    "Refusals",
    "Registries",
    "Repetitions",
    "Rights",
    "Roles",
    "SameContent",
    "SearchDetails",
    "SearchWords",
    "Searching",
    "ShutOut",
    "Tabulator",
    "TabulatorDetails",
    "TestUser",
    "Times",
    "Untouched",
    "Updating",
    "behaviour_of",
    "behaviours",
    "overrides_behaviour",
]

# Names that these had at first, kept for one version.
_FORMER_NAMES: dict[str, Any] = {
    "NOBODY": TestUser.ANONYMOUS,
    "ROOMS": TEST_CLASSES,
    "Room": BehaviourTests,
    "Who": TestUser,
    "World": Environment,
}


def __getattr__(name: str) -> Any:
    """Answer the suite's former names, with a `DeprecationWarning`."""
    if name not in _FORMER_NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = _FORMER_NAMES[name]
    present = {"NOBODY": "TestUser.ANONYMOUS", "ROOMS": "TEST_CLASSES"}.get(name) or value.__name__
    warnings.warn(
        f"quilt_core.testing.conformance.{name} is now called {present}.",
        DeprecationWarning,
        stacklevel=2,
    )
    return value
