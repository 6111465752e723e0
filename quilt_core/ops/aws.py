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
        """A boto3 client whose credentials renew themselves.

        Raises `AuthenticationError` when the registry gives none to this identity; the
        process's own AWS identity is used only when the settings say so.
        """
        return self._dispatch.call(
            "get_boto3_client",
            object,
            service_name=parse_text(service_name, "service_name", "s3"),
            region=region,
        )

    get_aws_client = get_boto3_client

    def get_boto3_session(self, region: str | None = None) -> Any:
        """A `boto3.Session` whose credentials renew themselves, for libraries that take one.

        The credentials are those of the connection's identity, in a server of the request that is
        being served: a session is not for another request.

        Parameters
        ----------
        region:
            Its region; None for the configured one, else the catalog's, else none.

        Raises
        ------
        AuthenticationError
            As `get_boto3_client`.
        """
        return self._dispatch.call("get_boto3_session", object, region=region)

    def get_storage_options(
        self,
        library: StorageLibrary | StorageLibraryName = StorageLibrary.FSSPEC,
        bucket: str | None = None,
    ) -> dict[str, Any]:
        """What data libraries take as `storage_options`, to reach S3 as this identity.

            pandas.read_csv("s3://bucket/a.csv", storage_options=ops.get_storage_options())

        What comes back is a secret, though its `repr` does not show it. It is good as long as the
        credentials in it: an hour as a rule, ten minutes at least, and they do not renew
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
            As `get_boto3_client`.
        NotFoundError, PermissionDeniedError
            For a bucket that is not there, or whose region this identity may not know.
        """
        options = self._dispatch.call(
            "get_storage_options",
            dict,
            library=parse_enum(StorageLibrary, library, "library"),
            bucket=None if bucket is None else parse_bucket(bucket),
        )
        return SecretOptions(options)
