"""Behaviours of links into the catalog, and of URIs of packages (G-…)."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from quilt_core import PackageUri, QuiltOps, ValidationError
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.environment import Environment


class Links(BehaviourTests):
    """Addresses in the catalog, and URIs of packages."""

    @behaviour("G-1", "get_catalog_link", "get_catalog_config")
    def test_links(self, environment: Environment, ops: QuiltOps) -> None:
        """Links lead to packages, revisions, paths, objects and buckets of the catalog."""
        top_hash = environment.given([environment.entry("a b/ä.csv")])
        bucket, name = environment.registry.removeprefix("s3://"), environment.name
        catalog = urlsplit(ops.get_catalog_config().catalog_url)
        base = catalog.path.rstrip("/")
        for link, page in (
            (ops.get_catalog_link(name), f"packages/{name}/tree/latest"),
            (ops.get_catalog_link(name, top_hash=top_hash), f"packages/{name}/tree/{top_hash}"),
            (
                ops.get_catalog_link(name, path="a b/ä.csv", top_hash=top_hash[:8]),
                f"packages/{name}/tree/{top_hash}/a%20b/%C3%A4.csv",
            ),
            (
                ops.get_catalog_link(ops.get_package_info(name)),
                f"packages/{name}/tree/{top_hash}",
            ),
            (ops.get_catalog_link(f"s3://{bucket}/a%20b/c.csv"), "tree/a%20b/c.csv"),
            (ops.get_catalog_link(f"s3://{bucket}/a/"), "tree/a/"),
        ):
            assert urlsplit(link).path == f"{base}/b/{bucket}/{page}"
            assert urlsplit(link)[:2] == catalog[:2]
        versioned = ops.get_catalog_link(f"s3://{bucket}/a?versionId=v.1")
        assert urlsplit(versioned).query == "version=v.1"
        assert urlsplit(ops.get_catalog_link(f"s3://{bucket}")).path == f"{base}/b/{bucket}"

    @behaviour("G-3", "get_catalog_link")
    def test_links_to_what_does_not_exist(self, environment: Environment, ops: QuiltOps) -> None:
        """A link is made without asking whether its page exists: for a package, a revision, an
        object and a bucket that the registry does not have, too.
        """
        bucket, name = environment.registry.removeprefix("s3://"), environment.name
        for link, page in (
            (ops.get_catalog_link(name), f"{bucket}/packages/{name}/tree/latest"),
            (
                ops.get_catalog_link(name, path="x", top_hash="0" * 64),
                f"{bucket}/packages/{name}/tree/{'0' * 64}/x",
            ),
            (ops.get_catalog_link(f"s3://{bucket}/none"), f"{bucket}/tree/none"),
            (ops.get_catalog_link("s3://no-such-bucket-x"), "no-such-bucket-x"),
        ):
            assert urlsplit(link).path.endswith(f"/b/{page}")

    @behaviour("G-2", "get_package_info", "browse_content", "list_package_versions")
    def test_a_uri_names_registry_revision_and_path(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """The URI of a package names its registry, revision and path."""
        if not environment.registry.startswith("s3://"):
            pytest.skip("not applicable: only buckets have URIs of packages")
        first = environment.given([environment.entry("d/a"), environment.entry("b")])
        second = environment.given([environment.entry("c")])
        base = f"quilt+{environment.registry}#package={environment.name}"
        assert ops.get_package_info(base).top_hash == second
        assert ops.get_package_info(f"{base}@{first[:10]}").top_hash == first
        assert ops.get_package_info(f"{base}:latest").top_hash == second
        assert ops.get_package_info(base, top_hash=first).top_hash == first
        assert len(ops.list_package_versions(base)) == 2
        found = ops.browse_content(PackageUri.parse(f"{base}@{first}&path=d/"))
        assert [one.path for one in found] == ["d/a"]
        for wrong in (
            lambda: ops.get_package_info(base, environment.registry),
            lambda: ops.get_package_info(f"{base}@{second}", top_hash=first),
            lambda: ops.get_package_info(f"{base}@{first}", top_hash=first),
            lambda: ops.browse_content(f"{base}&path=d", path="d"),
            lambda: ops.list_package_versions(f"{base}@{first}"),
            lambda: ops.get_package_info(f"{base}&path=d"),
        ):
            with pytest.raises(ValidationError):
                wrong()
