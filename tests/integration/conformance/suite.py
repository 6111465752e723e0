"""Every class of the conformance suite, for the modules that run the whole suite on a backend.

They import all of these names, and supply the fixture `environment`.
"""

from __future__ import annotations

from quilt_core.testing import conformance


class TestCatalog(conformance.Catalog):
    pass


class TestBuckets(conformance.Buckets):
    pass


class TestPackageReading(conformance.PackageReading):
    pass


class TestCreating(conformance.Creating):
    pass


class TestUpdating(conformance.Updating):
    pass


class TestKeptEntries(conformance.KeptEntries):
    pass


class TestDryRuns(conformance.DryRuns):
    pass


class TestOutcomes(conformance.Outcomes):
    pass


class TestDeleting(conformance.Deleting):
    pass


class TestPointers(conformance.Pointers):
    pass


class TestFidelity(conformance.Fidelity):
    pass


class TestBrowsing(conformance.Browsing):
    pass


class TestContentUrls(conformance.ContentUrls):
    pass


class TestOddManifests(conformance.OddManifests):
    pass


class TestSearching(conformance.Searching):
    pass


class TestSearchDetails(conformance.SearchDetails):
    pass


class TestRegistries(conformance.Registries):
    pass


class TestRights(conformance.Rights):
    pass


class TestQuerying(conformance.Querying):
    pass


class TestQueryRuns(conformance.QueryRuns):
    pass


class TestTabulator(conformance.Tabulator):
    pass


class TestTabulatorDetails(conformance.TabulatorDetails):
    pass


class TestAws(conformance.Aws):
    pass


class TestAdminUsers(conformance.AdminUsers):
    pass


class TestAdminAccess(conformance.AdminAccess):
    pass


class TestAdminRest(conformance.AdminRest):
    pass


class TestAdminDetails(conformance.AdminDetails):
    pass


class TestDetails(conformance.Details):
    pass


class TestAdminRoles(conformance.AdminRoles):
    pass


class TestCatalogRepetitions(conformance.CatalogRepetitions):
    pass


class TestRepetitions(conformance.Repetitions):
    pass


class TestProgressReports(conformance.ProgressReports):
    pass


class TestSearchWords(conformance.SearchWords):
    pass


class TestRefusals(conformance.Refusals):
    pass


class TestObjects(conformance.Objects):
    pass


class TestPushing(conformance.Pushing):
    pass


class TestDownloading(conformance.Downloading):
    pass


class TestNothingWritten(conformance.NothingWritten):
    pass


class TestTimes(conformance.Times):
    pass


class TestNesting(conformance.Nesting):
    pass


class TestContentReading(conformance.ContentReading):
    pass


class TestLifecycle(conformance.Lifecycle):
    pass


class TestLinks(conformance.Links):
    pass


class TestRoles(conformance.Roles):
    pass


class TestOtherCatalogs(conformance.OtherCatalogs):
    pass


class TestLimits(conformance.Limits):
    pass


class TestLetters(conformance.Letters):
    pass


class TestOrders(conformance.Orders):
    pass


class TestErrorDetails(conformance.ErrorDetails):
    pass


class TestExactness(conformance.Exactness):
    pass


class TestSameContent(conformance.SameContent):
    pass


class TestShutOut(conformance.ShutOut):
    pass


class TestUntouched(conformance.Untouched):
    pass


class TestObjectWriting(conformance.ObjectWriting):
    pass
