"""Settings from arguments, the request, the environment, the configuration file and a stored login,
in that order.

The request context (`quilt_core.auth_context`) is read on every call, the rest once, when the
connection is made. A stored login is used if a call has no other credentials, and only for the
registry to which the call goes. The login's profile has the registry's address.
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
