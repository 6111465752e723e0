"""The rules for configurations: the JSON Schemas that Quilt publishes, and readers that limit the
cost of a document.
"""

from local_registry.rules.errors import RuleError
from local_registry.rules.patterns import check_pattern
from local_registry.rules.schemas import check_published, explain
from local_registry.rules.yaml_text import read_yaml

__all__ = ["RuleError", "check_pattern", "check_published", "explain", "read_yaml"]
