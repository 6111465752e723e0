"""AWS operations of the facade."""

from __future__ import annotations

from typing import Any

from quilt_core.domain.names import parse_bucket
from quilt_core.domain.objects import StorageLibrary, StorageLibraryName
from quilt_core.ops.group import OperationGroup
from quilt_core.ops.parsing import parse_enum, parse_text
from quilt_core.secret import SecretOptions


class AwsOps(OperationGroup):
    """boto3, and credentials for other libraries, that act with the connection's identity."""

    def get_boto3_client(self, service_name: str, region: str | None = None) -> Any:
        """Make a boto3 client that acts with this connection's identity.

        Its credentials renew themselves.

        Parameters
        ----------
        service_name:
            A boto3 service, such as "s3" or "athena".
        region:
            The AWS region; None for the configured one, else the catalog's.

        Returns
        -------
        botocore.client.BaseClient
            The client, as boto3 makes it.

        Raises
        ------
        AuthenticationError
            When the registry gives no credentials to this identity. The process's own AWS
            identity is used only when the settings say so.
        ValidationError
            When there is no such service.
        TransportError, ProtocolError
            As every operation that asks the registry.

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
            region=region,
        )

    get_aws_client = get_boto3_client

    def get_boto3_session(self, region: str | None = None) -> Any:
        """Make a `boto3.Session` whose credentials renew themselves.

        The credentials are those of the connection's identity, in a server those of the request
        that is being served: a session is not for another request.

        Parameters
        ----------
        region:
            Its region; None for the configured one, else the catalog's, else none.

        Returns
        -------
        boto3.Session
            With nothing of the process's AWS profile in it.

        Raises
        ------
        AuthenticationError
            When the registry gives no credentials to this identity.
        TransportError, ProtocolError
            As every operation that asks the registry.

        Examples
        --------
        >>> session = ops.get_boto3_session()
        >>> print(session.region_name)
        us-east-1
        """
        return self._dispatch.call("get_boto3_session", object, region=region)

    def get_storage_options(
        self,
        library: StorageLibrary | StorageLibraryName = StorageLibrary.FSSPEC,
        bucket: str | None = None,
    ) -> dict[str, Any]:
        """Give what data libraries take as `storage_options`, to reach S3 as this identity.

        What comes back is a secret, although its `repr` does not show it. It is good as long as
        the credentials in it: an hour as a rule, ten minutes at least, and they do not renew
        themselves. Ask again for each piece of work; what works longer takes
        `get_boto3_session()`, whose credentials do. In a server it is the identity of the request
        that is being served.

        Parameters
        ----------
        library:
            "fsspec" (pandas, s3fs, dask) or "object_store" (polars, delta-rs).
        bucket:
            A bucket whose own region is wanted, `name` or `s3://name`, which polars needs; None
            for the configured region, else the catalog's.

        Returns
        -------
        dict
            For s3fs `key`, `secret`, `token` and `client_kwargs`; for the object store
            `aws_access_key_id`, `aws_secret_access_key`, `aws_session_token`, `aws_region`,
            `aws_endpoint_url` and `aws_allow_http`; each where it is known.

        Raises
        ------
        AuthenticationError
            When the registry gives no credentials to this identity.
        NotFoundError, PermissionDeniedError
            When the bucket is not there, or its region may not be known to this identity.
        ValidationError
            When `library` is none of these, or the bucket's name is malformed.
        TransportError, ProtocolError
            As every operation that asks the registry.

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
