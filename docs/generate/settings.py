"""Write docs/reference/settings.md from the settings themselves.

python docs/generate/settings.py [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from page import write_page

from quilt_core.settings import setting_fields

INTRODUCTION = """# Settings

Each setting is an argument of `quilt_core.connect`, an environment variable and a key of a profile
in the configuration file. They are looked up in this order: argument, environment, profile,
default. The identity of a request (`quilt_core.auth_context`) takes precedence over the
environment, and a [stored login](../guides/login.md) is used if there are no other credentials. If
an argument or the environment sets an address (`catalog_url`, `registry_url`, `graphql_endpoint`),
the addresses in the profile are ignored. `quiltops doctor` shows each value and where it came from.

The configuration file is `config.toml` in the user's configuration folder of `quiltops`
(`quiltops config path` shows it), or the file in `QUILT_CORE_CONFIG`:

```toml
default_profile = "work"

[profiles.work]
backend = "platform"
catalog_url = "https://catalog.example.com"
registry = "s3://my-bucket"
api_key = { env = "WORK_QUILT_KEY" }

[profiles.work.options]
database = "catalog.db"

[profiles.work.extensions.audit]
file = "/var/log/quiltops.jsonl"
```

A value `{ env = "NAME" }` is read from that environment variable. If it is not set, and
nothing else takes precedence, the settings are refused.

The table `options` contains options that the backend declares (`options={"database": …}` in
`connect`, `QUILT_OPTION_DATABASE`, `--option database=…`). Each option is looked up in the same
order. `quiltops plugins --check` lists the options of the installed backends.

A table below `extensions` contains the options of an extension and makes it required.

| setting | meaning | environment | default |
|---|---|---|---|
"""

PLUGINS = """
## Variables of the plugin system

| variable | meaning |
|---|---|
| `QUILT_CORE_BLOCK` | comma-separated list of plugins that are never imported |
| `QUILT_CORE_EXTENSIONS` | required extensions, comma-separated; empty: none; unset: all |
| `QUILT_EXTENSION_<NAME>_<OPTION>` | an option of an extension; takes precedence over the profile |
| `QUILT_CORE_LOG` | writes logs to standard error: `debug`, `info`, `warning` or `error` |
| `QUILT_CORE_STRICT` | `1` raises a plugin's own exception when it is loaded, for its developer |
| `QUILT_CORE_TRACE` | `1` prints every hook call to standard error, redacted |
| `QUILT_CORE_CONFIG` | the configuration file |
| `QUILT_CORE_CACHE_DIR` | the folder for records of pushes and downloads, and for cached queries |
"""


def page() -> str:
    """The whole page."""
    lines = []
    for field in setting_fields():
        variables = ", ".join(f"`{name}`" for name in field.metadata["env"]) or "–"
        default = "–" if field.default in (None, (), {}) else f"`{field.default}`"
        secret = "" if field.metadata["printable"] else " Never shown."
        lines.append(
            f"| `{field.name}` | {field.metadata['help']}{secret} | {variables} | {default} |"
        )
    return INTRODUCTION + "\n".join(lines) + "\n" + PLUGINS


if __name__ == "__main__":
    sys.exit(write_page("settings.md", page()))
