"""Distributions of this project under their former names.

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
"""The names of distributions up to 0.1, and their present names."""


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
    # Every other distribution needs the core, and the former core can be recognized by its plugin.
    new = sorted({"quiltops", *(FORMER_NAMES[name] for name in former)})
    return (
        f"pip uninstall --yes {' '.join(former)} && "
        f"pip install --force-reinstall --no-deps {' '.join(new)}"
    )
