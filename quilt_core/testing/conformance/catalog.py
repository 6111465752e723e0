"""Behaviours of the catalog (K-…), buckets (B-…), tabulator (T-…) and AWS (A-…)."""

from __future__ import annotations

from typing import Any

import pytest

from quilt_core import (
    AuthenticationError,
    BucketInfo,
    BucketSettings,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    QuiltOps,
    ValidationError,
)
from quilt_core.domain.catalog import derive_stack_prefix
from quilt_core.errors import QuiltOpsError
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.environment import Environment, TestUser

TABLE = """\
schema:
  - name: species
    type: STRING
source:
  type: quilt-packages
  package_name: "^(?<namespace>[^/]+)/(?<name>[^/]+)$"
  logical_key: "data/.*\\\\.csv$"
parser:
  format: csv
  delimiter: ","
  header: true
"""


class Catalog(BehaviourTests):
    """Identity, registry address, health and raw GraphQL."""

    @behaviour("K-1", "get_auth_status", users=(TestUser.ADMIN, TestUser.ANONYMOUS))
    def test_who_is_connected_and_as_what(self, environment: Environment, ops: QuiltOps) -> None:
        """A connection with an identity is authenticated: its status has the user's name, email and
        active role, and all of the user's roles, sorted, including the active one; `is_admin` is
        true only for an administrator. A connection without credentials also gets a status rather
        than an error: it is not authenticated and has no name, role or roles.
        """
        status = ops.get_auth_status()
        assert status.is_authenticated
        assert not status.is_admin
        assert status.user_name
        assert status.email
        assert status.role in status.roles
        assert list(status.roles) == sorted(status.roles)
        with environment.connect(TestUser.ADMIN) as admin:
            assert admin.get_auth_status().is_admin
        with environment.connect(TestUser.ANONYMOUS) as nobody:
            status = nobody.get_auth_status()
            assert not status.is_authenticated
            assert (status.user_name, status.role, status.roles) == (None, None, ())

    @behaviour("K-2", "get_catalog_config", "get_registry_url", "configure_catalog")
    def test_the_configuration_names_registry_and_region(self, ops: QuiltOps) -> None:
        """The configuration names the registry's URL (the one that `get_registry_url` returns), the
        region, the stack's prefix (derived from the name of the analytics bucket), and the data
        catalog of its tabulator, `quilt-{prefix}-tabulator`. Reading the configuration by its own
        catalog URL, and configuring that catalog, give the same configuration. The status names the
        registry's URL and the catalog too.
        """
        config = ops.get_catalog_config()
        assert config.registry_url == ops.get_registry_url()
        assert config.region
        assert config.stack_prefix == derive_stack_prefix(config.analytics_bucket)
        assert config.tabulator_data_catalog == f"quilt-{config.stack_prefix}-tabulator"
        if ops.supports("get_auth_status"):
            status = ops.get_auth_status()
            assert (status.catalog_url, status.registry_url) == (
                config.catalog_url, config.registry_url,
            )  # fmt: skip
        assert ops.get_catalog_config(config.catalog_url) == config
        assert ops.configure_catalog(config.catalog_url) == config

    @behaviour("K-6", "get_catalog_config", "get_registry_url", users=(TestUser.ANONYMOUS,))
    def test_the_configuration_is_public(self, environment: Environment, ops: QuiltOps) -> None:
        """A connection without credentials reads the same configuration and the same address of the
        registry. Its status names the same catalog and registry, and no address of a user.
        """
        with environment.connect(TestUser.ANONYMOUS) as nobody:
            if ops.supports("get_auth_status"):
                mine, theirs = ops.get_auth_status(), nobody.get_auth_status()
                assert (theirs.catalog_url, theirs.registry_url) == (
                    mine.catalog_url, mine.registry_url,
                )  # fmt: skip
                assert (theirs.email, theirs.is_admin) == (None, False)
            assert nobody.get_catalog_config() == ops.get_catalog_config()
            assert nobody.get_registry_url() == ops.get_registry_url()

    @behaviour("K-3", "get_catalog_config")
    def test_a_catalog_that_is_not_there(self, ops: QuiltOps) -> None:
        """Reading the configuration of an address where nothing answers raises an error of
        quiltops, not one of the HTTP library; configuring that address raises the same error and
        changes nothing.
        """
        nowhere = "http://127.0.0.1:9/nothing-here"
        before = ops.get_catalog_config()
        with pytest.raises(QuiltOpsError):
            ops.get_catalog_config(nowhere)
        if ops.supports("configure_catalog"):
            with pytest.raises(QuiltOpsError):
                ops.configure_catalog(nowhere)
            assert ops.get_catalog_config() == before

    @behaviour("K-4", "execute_graphql_query", "get_graphql_endpoint", "get_graphql_auth_headers")
    def test_graphql_of_ones_own(self, ops: QuiltOps) -> None:
        """A GraphQL query returns the whole answer, including `data`, and runs as the connection's
        own user. The endpoint is below the registry's URL, and the only header is `Authorization`.
        An unknown field and a document that cannot be parsed raise ValidationError.
        """
        answer = ops.execute_graphql_query("query who { me { name } }")
        assert answer["data"]["me"]["name"] == ops.get_auth_status().user_name
        assert ops.get_graphql_endpoint().startswith(ops.get_registry_url())
        assert set(ops.get_graphql_auth_headers()) == {"Authorization"}
        with pytest.raises(ValidationError):
            ops.execute_graphql_query("{ noSuchField }")
        with pytest.raises(ValidationError):
            ops.execute_graphql_query("{ me { name }")

    @behaviour("K-5", "health", users=(TestUser.ANONYMOUS,))
    def test_health_needs_no_identity(self, environment: Environment, ops: QuiltOps) -> None:
        """A connection without credentials can ask for the health too: it learns whether the
        registry is reachable, a message, a latency that is not negative, and the same registry URL
        as a connection with credentials.
        """
        with environment.connect(TestUser.ANONYMOUS) as nobody:
            found = nobody.health()
        assert found.reachable
        assert found.message
        assert found.latency_seconds >= 0
        assert found.registry_url == ops.health().registry_url


class Buckets(BehaviourTests):
    """The catalog's buckets."""

    @behaviour("B-1", "list_buckets")
    def test_what_can_be_read(self, environment: Environment, ops: QuiltOps) -> None:
        """The buckets that the identity can read are listed, sorted by name, each with a title; a
        bucket that it cannot read is not among them.
        """
        buckets = ops.list_buckets()
        registries = [bucket.registry for bucket in buckets]
        assert environment.registry in registries
        assert environment.hidden_registry not in registries
        assert registries == sorted(registries)
        assert all(isinstance(bucket, BucketInfo) and bucket.title for bucket in buckets)

    @behaviour(
        "B-3", "list_buckets", "admin_list_buckets", "admin_update_bucket", users=(TestUser.ADMIN,)
    )
    def test_the_order_of_buckets(self, environment: Environment, ops: QuiltOps) -> None:
        """Buckets are listed by name, whatever their titles and their relevance scores are, and
        with the titles that they have now; so are those that an administrator lists.
        """
        buckets = sorted(one.name for one in ops.list_buckets())
        if len(buckets) < 2:
            pytest.skip("not applicable: there is one bucket")
        with environment.connect(TestUser.ADMIN) as root:
            titles = dict(zip(buckets, ("zebra", *("Ant" for _ in buckets[1:])), strict=True))
            for score, (name, title) in enumerate(titles.items()):
                settings = BucketSettings(title=title, relevance_score=score)
                root.admin.update_bucket(name, settings)
            configured = [one.name for one in root.admin.list_buckets()]
        assert [(one.name, one.title) for one in ops.list_buckets()] == list(titles.items())
        assert configured == sorted(configured)

    @behaviour("B-2", "list_buckets", users=(TestUser.ANONYMOUS,))
    def test_nobody_sees_nothing(self, environment: Environment) -> None:
        """A connection without credentials sees no bucket: the listing is empty, or
        AuthenticationError is raised.
        """
        with environment.connect(TestUser.ANONYMOUS) as nobody:
            try:
                assert nobody.list_buckets() == []
            except AuthenticationError:
                pass


class Tabulator(BehaviourTests):
    """Tabulator tables."""

    @behaviour(
        "T-1",
        "create_tabulator_table",
        "list_tabulator_tables",
        "get_tabulator_table",
        "update_tabulator_table",
        "rename_tabulator_table",
        "delete_tabulator_table",
    )
    def test_the_life_of_a_table(self, environment: Environment, ops: QuiltOps) -> None:
        """A created table comes back with its bucket, its name and its configuration, character by
        character. Tables are listed by name. The bucket is given by its name or as `s3://bucket`. A
        name that is taken raises ConflictError, when creating and when renaming; a renamed table
        keeps its configuration; a deletion returns the table as it was and leaves the others.
        """
        bucket = environment.registry.removeprefix("s3://")
        assert ops.list_tabulator_tables(bucket) == []
        table = ops.create_tabulator_table(bucket, "penguins", TABLE)
        assert (table.bucket, table.name, table.config) == (bucket, "penguins", TABLE)
        with pytest.raises(ConflictError):
            ops.create_tabulator_table(bucket, "penguins", TABLE)
        other = ops.create_tabulator_table(environment.registry, "adelie", TABLE)
        assert ops.list_tabulator_tables(bucket) == [other, table]
        changed = TABLE.replace("species", "island")
        assert ops.update_tabulator_table(bucket, "penguins", changed).config == changed
        assert ops.get_tabulator_table(bucket, "penguins").config == changed
        with pytest.raises(ConflictError):
            ops.rename_tabulator_table(bucket, "penguins", "adelie")
        renamed = ops.rename_tabulator_table(bucket, "penguins", "birds")
        assert (renamed.bucket, renamed.name, renamed.config) == (bucket, "birds", changed)
        assert ops.delete_tabulator_table(bucket, "birds") == renamed
        assert ops.list_tabulator_tables(bucket) == [other]

    @behaviour(
        "T-2",
        "create_tabulator_table",
        "update_tabulator_table",
        "get_tabulator_table",
        "rename_tabulator_table",
        "delete_tabulator_table",
        "list_tabulator_tables",
    )
    def test_what_is_not_there(self, environment: Environment, ops: QuiltOps) -> None:
        """Reading, updating, renaming or deleting a table that does not exist raises NotFoundError,
        and so does listing or creating tables of a bucket that does not exist.
        """
        bucket = environment.registry.removeprefix("s3://")
        for call in (
            lambda: ops.get_tabulator_table(bucket, "none"),
            lambda: ops.update_tabulator_table(bucket, "none", TABLE),
            lambda: ops.rename_tabulator_table(bucket, "none", "other"),
            lambda: ops.delete_tabulator_table(bucket, "none"),
            lambda: ops.list_tabulator_tables("no-such-bucket-x"),
            lambda: ops.create_tabulator_table("no-such-bucket-x", "t", TABLE),
        ):
            with pytest.raises(NotFoundError):
                call()

    @behaviour("T-3", "create_tabulator_table")
    def test_a_bad_configuration(self, environment: Environment, ops: QuiltOps) -> None:
        """A configuration without a valid schema, source and parser raises ValidationError, and no
        table is made.
        """
        bucket = environment.registry.removeprefix("s3://")
        with pytest.raises(ValidationError):
            ops.create_tabulator_table(bucket, "bad", "parser: only")
        assert ops.list_tabulator_tables(bucket) == []

    @behaviour("T-4", "create_tabulator_table", users=(TestUser.READER,))
    def test_who_may_only_read_changes_nothing(self, environment: Environment) -> None:
        """An identity that can only read the bucket may list its tables; creating one raises
        PermissionDeniedError, and no table is made.
        """
        bucket = environment.registry.removeprefix("s3://")
        with environment.connect(TestUser.READER) as reader:
            with pytest.raises(PermissionDeniedError):
                reader.create_tabulator_table(bucket, "penguins", TABLE)
            assert reader.list_tabulator_tables(bucket) == []

    @behaviour("T-5", "get_open_query_status", "set_open_query", users=(TestUser.ADMIN,))
    def test_open_query(self, environment: Environment, ops: QuiltOps) -> None:
        """An administrator turns open query on and off; the result and the next reading show the
        new state. For anybody else both operations raise PermissionDeniedError.
        """
        with environment.connect(TestUser.ADMIN) as admin:
            for enabled in (True, False):
                assert admin.set_open_query(enabled).enabled is enabled
                assert admin.get_open_query_status().enabled is enabled
        with pytest.raises(PermissionDeniedError):
            ops.get_open_query_status()
        with pytest.raises(PermissionDeniedError):
            ops.set_open_query(True)


class Aws(BehaviourTests):
    """boto3 clients."""

    @behaviour("A-1", "get_boto3_client")
    def test_a_client_with_this_identitys_rights(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A client of Amazon S3 can read what the identity may read; AWS refuses everything else
        with `ClientError`. The region is the requested one.
        """
        bucket = environment.registry.removeprefix("s3://")
        uri = environment.put_object("k", b"12345")
        s3 = ops.get_boto3_client("s3")
        key = environment.key_of(uri)
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == b"12345"
        assert ops.get_aws_client("s3", "eu-west-1").meta.region_name == "eu-west-1"
        if environment.hidden_registry:
            with pytest.raises(s3.exceptions.ClientError):
                s3.list_objects_v2(Bucket=environment.hidden_registry.removeprefix("s3://"))

    @behaviour("A-2", "get_boto3_client")
    def test_an_unknown_service(self, ops: QuiltOps) -> None:
        """A service that boto3 does not know raises ValidationError."""
        with pytest.raises(ValidationError):
            ops.get_boto3_client("no-such-service")

    @behaviour("A-3", "get_boto3_session", "get_storage_options")
    def test_sessions_and_storage_options_are_this_identitys(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """The boto3 session has the requested region. Both it and the storage options, in the form
        of fsspec or of `object_store`, have the credentials of this identity, with which the
        bucket's objects can be read. The options of `object_store` name the bucket's region, and an
        unknown form raises ValidationError. Neither form shows a secret in its repr.
        """
        bucket = environment.registry.removeprefix("s3://")
        key = environment.key_of(environment.put_object("k", b"12345"))
        session = ops.get_boto3_session("eu-west-1")
        assert session.region_name == "eu-west-1"
        keys = session.get_credentials().get_frozen_credentials()
        with_fsspec = ops.get_storage_options()
        assert (with_fsspec["key"], with_fsspec["secret"]) == (keys.access_key, keys.secret_key)
        options = ops.get_storage_options("object_store", bucket=environment.registry)
        assert options["aws_secret_access_key"] == keys.secret_key
        assert options["aws_region"]
        for secret in (keys.secret_key, keys.token):
            assert secret is None or secret not in f"{options!r} {with_fsspec}"
        endpoint = options.get("aws_endpoint_url")
        s3 = session.client("s3", region_name=options["aws_region"], endpoint_url=endpoint)
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == b"12345"
        unknown: Any = "arrow"
        with pytest.raises(ValidationError):
            ops.get_storage_options(unknown)
