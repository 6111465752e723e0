"""Cassettes: tests against a real catalog, recorded once and replayed without a network.

`cassette_config` configures vcrpy (through pytest-recording or by itself), `assert_no_leaks`
looks for secrets in a folder of cassettes, `assert_all_played` for interactions that nothing
plays; `quilt_core.testing.cassettes.fixtures` has the fixtures. Needs the extra `testing`.
"""

from __future__ import annotations

from quilt_core.testing.cassettes.config import MATCH_ON, cassette_config, register
from quilt_core.testing.cassettes.leaks import Leak, assert_no_leaks, find_leaks
from quilt_core.testing.cassettes.secrets import MASK
from quilt_core.testing.cassettes.timing import recorded_clock
from quilt_core.testing.cassettes.unused import assert_all_played, unplayed

__all__ = [
    "MASK",
    "MATCH_ON",
    "Leak",
    "assert_all_played",
    "assert_no_leaks",
    "cassette_config",
    "find_leaks",
    "recorded_clock",
    "register",
    "unplayed",
]
