"""AWS operations of the facade."""

from __future__ import annotations

from typing import Any

from quilt_core.domain.choices import StorageLibrary, StorageLibraryName
from quilt_core.domain.names import parse_bucket
from quilt_core.ops.group import OperationGroup
from quilt_core.ops.parsing import parse_enum, parse_optional_text, parse_text
from quilt_core.secret import SecretOptions


class AwsOps(OperationGroup):
    """boto3 clients and sessions, and credentials for other libraries, with the connection's
    identity.
    """

    def get_boto3_client(self, service_name: str, region: str | None = None) -> Any:
        """Make a boto3 client that acts with this connection's identity.

        Its credentials renew themselves.

        Parameters
        ----------
        service_name:
            A boto3 service, such as "s3" or "athena".
        region:
            The AWS region; None for the configured one or, without one, the catalog's.

        Returns
        -------
        botocore.client.BaseClient
            The client, as boto3 makes it.

        Raises
        ------
        AuthenticationError
            When the registry gives no credentials to this identity. The AWS identity of the process
            is used only if the settings allow it.
        ValidationError
            When there is no such service.
        TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> s3 = ops.get_boto3_client("s3")
        >>> found = s3.head_object(Bucket="demo-data", Key="penguins/README.md")
        >>> print(found["ContentLength"] > 100)
        True
        """
        return self._dispatch.call(
            "get_boto3_client",
            object,
            service_name=parse_text(service_name, "service_name", "s3"),
            region=parse_optional_text(region, "region", "us-east-1"),
        )

    get_aws_client = get_boto3_client

    def get_boto3_session(self, region: str | None = None) -> Any:
        """Make a `boto3.Session` whose credentials renew themselves.

        The credentials are those of the connection's identity. In a server, they are those of the
        request that is being served; do not use the session for another request.

        Parameters
        ----------
        region:
            The session's region; None for the configured one or, without one, the catalog's.
            Without either, the session has no region.

        Returns
        -------
        boto3.Session
            The session; it uses nothing of the process's AWS profile.

        Raises
        ------
        AuthenticationError
            When the registry gives no credentials to this identity.
        TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> session = ops.get_boto3_session()
        >>> print(session.region_name)
        us-east-1
        """
        return self._dispatch.call(
            "get_boto3_session", object, region=parse_optional_text(region, "region", "us-east-1")
        )

    def get_storage_options(
        self,
        library: StorageLibrary | StorageLibraryName = StorageLibrary.FSSPEC,
        bucket: str | None = None,
    ) -> dict[str, Any]:
        """Return the `storage_options` with which data libraries access S3 as this identity.

        The result is a secret, although its `repr` does not show it. It is valid as long as the
        credentials in it: usually an hour, at least ten minutes. They do not renew themselves, so
        call this again for each piece of work. For longer work, use `get_boto3_session()`, whose
        credentials renew themselves. In a server, the identity is that of the request that is being
        served.

        Parameters
        ----------
        library:
            "fsspec" (pandas, s3fs, dask) or "object_store" (polars, delta-rs).
        bucket:
            A bucket, `name` or `s3://name`, whose own region the options should name, as polars
            needs; None for the configured region or, without one, the catalog's.

        Returns
        -------
        dict
            For fsspec: `key`, `secret`, `token` and `client_kwargs`. For object_store:
            `aws_access_key_id`, `aws_secret_access_key`, `aws_session_token`, `aws_region`,
            `aws_endpoint_url` and `aws_allow_http`. Unknown values are left out.

        Raises
        ------
        AuthenticationError
            When the registry gives no credentials to this identity.
        NotFoundError, PermissionDeniedError
            When the bucket does not exist, or this identity may not know its region.
        ValidationError
            When `library` is not one of these, or the bucket's name is malformed.
        TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> print(sorted(ops.get_storage_options()))
        ['client_kwargs', 'key', 'secret', 'token']
        """
        options = self._dispatch.call(
            "get_storage_options",
            dict,
            library=parse_enum(StorageLibrary, library, "library"),
            bucket=None if bucket is None else parse_bucket(bucket),
        )
        return SecretOptions(options)
