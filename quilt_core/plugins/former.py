"""Distributions of this project under the names that they had before.

A new distribution and its former one have the same modules, and pip removes them when either is
uninstalled. So an environment that has both is fixed by uninstalling the former one and then
reinstalling the new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

FORMER_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "quilt-core": "quiltops",
        "quilt-core-platform": "quiltops-platform",
        "quilt-core-quilt3": "quiltops-quilt3",
        "quilt-core-local-registry": "quiltops-local-registry",
    }
)
"""What a distribution was called up to 0.1, and what it is called now."""


def replacement_command(distributions: Iterable[str | None]) -> str | None:
    """The one command that fixes an environment with former distributions; None without one.

    Parameters
    ----------
    distributions:
        The names of all distributions in the environment that offer plugins.
    """
    installed = {name for name in distributions if name}
    former = sorted(installed & FORMER_NAMES.keys())
    if not former:
        return None
    # The core is needed by every other one, and its former one had a plugin to be found by.
    new = sorted({"quiltops", *(FORMER_NAMES[name] for name in former)})
    return (
        f"pip uninstall --yes {' '.join(former)} && "
        f"pip install --force-reinstall --no-deps {' '.join(new)}"
    )
