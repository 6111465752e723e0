"""Options of a backend that define where in Athena its queries run."""

from __future__ import annotations

from typing import Self

import attrs

from quilt_core.settings import Option, Settings

GLUE_CATALOG = "AwsDataCatalog"
"""The data catalog that every account has; its databases are Glue's."""
ATHENA_OPTIONS = (
    Option(
        "athena_workgroup",
        help="The workgroup of Athena that queries run in; by default the first usable one.",
    ),
    Option(
        "athena_catalog",
        default=GLUE_CATALOG,
        help="The data catalog of the tables about packages.",
    ),
    Option(
        "athena_database",
        help="The database of the tables about packages; by default the one that has them.",
    ),
)
"""Every backend that queries Athena declares these."""


@attrs.frozen(kw_only=True)
class AthenaOptions:
    """The options of a connection; None means that the value is looked up."""

    workgroup: str | None
    catalog: str
    database: str | None

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The options of a connection."""
        given = settings.options
        return cls(
            workgroup=given.get("athena_workgroup") or None,
            catalog=given.get("athena_catalog") or GLUE_CATALOG,
            database=given.get("athena_database") or None,
        )
