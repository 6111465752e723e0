"""The results of tabulator operations."""

from __future__ import annotations

import attrs

from quilt_core.domain.base import DomainObject


@attrs.frozen(kw_only=True, repr=False)
class TabulatorTable(DomainObject):
    """A tabulator table: an SQL view over the packages of a bucket."""

    bucket: str
    name: str
    config: str
    """The table's configuration, YAML."""


@attrs.frozen(kw_only=True, repr=False)
class OpenQueryStatus(DomainObject):
    """Whether tabulator tables can be queried with any AWS identity ("open query")."""

    enabled: bool
