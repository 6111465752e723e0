"""Settings: argument, request, environment, configuration file, stored login; in that order.

The request context (`quilt_core.auth_context`) is looked at on every call, the rest once, when
the connection is made. A stored login is looked for when a call has no other credentials, and only
for the registry that the call goes to; where that registry is, its profile says.
"""

from quilt_core.secret import Secret
from quilt_core.settings.files import config_path, read_config
from quilt_core.settings.load import load_settings
from quilt_core.settings.model import AWS_IDENTITIES, Settings, setting_fields
from quilt_core.settings.options import Option, backend_options, declared_options, with_options

__all__ = [
    "AWS_IDENTITIES",
    "Option",
    "Secret",
    "Settings",
    "backend_options",
    "config_path",
    "declared_options",
    "load_settings",
    "read_config",
    "setting_fields",
    "with_options",
]
