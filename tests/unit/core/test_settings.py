"""Settings: argument before environment before profile before default; each names its source."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import attrs
import pytest

from quilt_core import Option, Registry, Settings, auth_context, connect
from quilt_core.errors import ValidationError
from quilt_core.settings import config_path, load_settings, setting_fields

CONFIG = """
default_profile = "work"

[profiles.work]
catalog_url = "https://work.example.com/"
registry = "s3://work-bucket"
api_key = { env = "WORK_KEY" }

[profiles.home]
backend = "quilt3"
"""


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, encoding="utf-8")
    return {"QUILT_CORE_CONFIG": str(path), "WORK_KEY": "qk_workkey"}


def test_defaults_when_nothing_is_set(tmp_path: Path) -> None:
    settings = load_settings(environ={"QUILT_CORE_CONFIG": str(tmp_path / "none.toml")})
    assert (settings.backend, settings.registry, settings.timeout) == (None, None, 60.0)
    assert settings.source("timeout") == "default"


def test_a_profile_holds_values_and_refers_to_secrets(environ: dict[str, str]) -> None:
    settings = load_settings(environ=environ)
    assert settings.profile == "work"
    assert settings.catalog_url == "https://work.example.com"
    assert settings.api_key is not None
    assert settings.api_key.reveal() == "qk_workkey"
    assert "profile 'work'" in settings.source("catalog_url")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("api_key = {reference}", "api_key"),
        ("registry = {reference}", "registry"),
        ("[profiles.away.options]\ndatabase = {reference}", "options.database"),
        ("[profiles.away.extensions.audit-log]\nkey = {reference}", "extensions.audit-log.key"),
    ],
)
def test_a_reference_to_a_variable_that_is_not_set_is_refused(
    environ: dict[str, str], text: str, name: str
) -> None:
    """The next source would take its place: for a key, the stored login of somebody else."""
    reference = '{ env = "AWAY_VALUE" }'
    path = Path(environ["QUILT_CORE_CONFIG"])
    path.write_text(f"[profiles.away]\n{text.format(reference=reference)}\n", encoding="utf-8")
    with pytest.raises(ValidationError, match=re.escape(repr(name))) as caught:
        load_settings(environ=environ, profile="away")
    assert "AWAY_VALUE, which is not set" in caught.value.message
    assert load_settings(environ={**environ, "AWAY_VALUE": "s3://bucket"}, profile="away")
    assert load_settings(environ=environ)  # which names no profile


@pytest.mark.parametrize(
    ("text", "variable"),
    [
        ('api_key = { env = "UNSET" }', "QUILT_API_KEY"),
        ('api_key = { env = "UNSET" }', "MCP_JWT_TOKEN"),
        ('api_key = { env = "UNSET" }\ntoken = { env = "WORK_KEY" }', "WORK_KEY"),
        ('catalog_url = { env = "UNSET" }', "QUILT_REGISTRY_URL"),
        ('[profiles.away.options]\nfile = { env = "UNSET" }', "QUILT_OPTION_FILE"),
        ('[profiles.away.extensions.a-b]\nkey = { env = "UNSET" }', "QUILT_EXTENSION_A_B_KEY"),
    ],
)
def test_a_reference_that_does_not_count_may_lack_its_variable(
    environ: dict[str, str], text: str, variable: str
) -> None:
    path = Path(environ["QUILT_CORE_CONFIG"])
    path.write_text(f"[profiles.away]\n{text}\n", encoding="utf-8")
    assert load_settings(environ={**environ, variable: "https://a.example.com"}, profile="away")


def test_precedence(environ: dict[str, str]) -> None:
    environ["QUILT_CATALOG_URL"] = "https://env.example.com"
    assert load_settings(environ=environ).catalog_url == "https://env.example.com"
    explicit = load_settings(environ=environ, catalog_url="https://arg.example.com")
    assert explicit.catalog_url == "https://arg.example.com"
    assert explicit.source("catalog_url") == "argument"
    assert load_settings(environ=environ).source("catalog_url") == (
        "environment variable QUILT_CATALOG_URL"
    )


@pytest.mark.parametrize("name", ["catalog_url", "registry_url", "graphql_endpoint"])
def test_the_addresses_of_a_profile_are_not_mixed_with_those_of_another_source(
    environ: dict[str, str], name: str
) -> None:
    """A catalog from the environment must not be combined with the registry of a profile."""
    addresses = ("catalog_url", "registry_url", "graphql_endpoint")
    Path(environ["QUILT_CORE_CONFIG"]).write_text(
        "[profiles.home]\nregion = 'eu-west-1'\n"
        + "".join(f"{one} = 'https://home.example.com'\n" for one in addresses)
    )
    variable = f"QUILT_{name.upper()}"
    away = {name: "https://away.example.com"}
    for settings in (
        load_settings(environ=environ, profile="home", **away),
        load_settings(environ={**environ, variable: away[name]}, profile="home"),
    ):
        assert {one: getattr(settings, one) for one in addresses} == {
            **dict.fromkeys(addresses), **away
        }  # fmt: skip
        assert settings.region == "eu-west-1"
    settings = load_settings(environ=environ, profile="home")
    assert {getattr(settings, one) for one in addresses} == {"https://home.example.com"}


def test_named_profile(environ: dict[str, str]) -> None:
    assert load_settings(environ=environ, profile="home").backend == "quilt3"
    assert load_settings(environ={**environ, "QUILT_PROFILE": "home"}).backend == "quilt3"
    with pytest.raises(ValidationError, match=r"no profile 'nowhere'.*home, work"):
        load_settings(environ=environ, profile="nowhere")


def test_every_variable_sets_its_own_setting(environ: dict[str, str]) -> None:
    samples = {
        "multitenant": "true", "use_quilt3_login": "no", "use_stored_login": "no",
        "timeout": "2.5", "deadline": "9.5",
        "max_concurrency": "3",
        "page_size": "7", "browsing_ttl": "60", "aws_identity": "role",
        "transfer_engine": "boto3",
        "registry": "s3://a-bucket",
        "jwt_algorithms": "HS256, RS256", "allowed_hosts": "a.example.com,b.example.com",
    }  # fmt: skip
    expected = {
        "multitenant": True, "use_quilt3_login": False, "use_stored_login": False,
        "timeout": 2.5, "deadline": 9.5,
        "max_concurrency": 3,
        "registry": Registry("a-bucket"), "page_size": 7, "browsing_ttl": 60,
        "jwt_algorithms": ("HS256", "RS256"),
        "allowed_hosts": ("a.example.com", "b.example.com"),
    }  # fmt: skip
    for field in setting_fields():
        for variable in field.metadata["env"]:
            if field.name == "profile":
                continue
            value = samples.get(field.name, "https://x.example.com")
            settings = load_settings(environ={**environ, variable: value})
            found = getattr(settings, field.name)
            found = found.reveal() if hasattr(found, "reveal") else found
            assert found == expected.get(field.name, value), variable
            assert settings.source(field.name) == f"environment variable {variable}"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("QUILT_CATALOG_URL", "catalog.example.com"),
        ("QUILT_CATALOG_URL", "https://user:secret@host"),
        ("QUILT_MULTITENANT_MODE", "perhaps"),
        ("QUILT_TIMEOUT", "soon"),
        ("QUILT_TIMEOUT", "-1"),
        ("QUILT_TIMEOUT", "nan"),
        ("QUILT_PAGE_SIZE", "0"),
        ("QUILT_AWS_IDENTITY", "mine"),
    ],
)
def test_a_bad_value_is_refused_with_its_source(
    environ: dict[str, str], variable: str, value: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        load_settings(environ={**environ, variable: value})
    assert variable in str(caught.value)


def test_a_bad_secret_is_refused_without_showing_it(environ: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as caught:
        load_settings(environ=environ, api_key=["hunter22"])
    assert "hunter22" not in str(caught.value)


def test_an_unknown_setting_suggests_the_nearest_one(environ: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="Did you mean 'registry'"):
        load_settings(environ=environ, registri="s3://b")


@pytest.mark.parametrize("text", ["not toml [", "[profiles]\nwork = 3\n"])
def test_a_broken_file_is_an_error_that_names_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "broken.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValidationError, match=r"broken\.toml"):
        load_settings(environ={"QUILT_CORE_CONFIG": str(path)}, profile="work")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("profiles = 3", "profiles"),
        ("[profiles]\nhome = 3", "home"),
        ('default_profile = ["a"]\n[profiles.work]', "default_profile"),
        ("[profiles.work]\ntoken = {env = 1}", "token"),
        ("[profiles.work.options]\nplace = {env = ['a']}", "place"),
        ("[profiles.work.extensions.audit]\nfile = {env = 1}", "file"),
        (f"[profiles.work]\ntimeout = 1{'0' * 400}", "timeout"),
    ],
)
def test_values_of_the_wrong_type_are_named(tmp_path: Path, text: str, key: str) -> None:
    path = tmp_path / "odd.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValidationError, match=r"odd\.toml") as caught:
        load_settings(environ={"QUILT_CORE_CONFIG": str(path)}, profile="work")
    assert key in caught.value.message


def test_a_path_of_an_unknown_user_is_refused() -> None:
    with pytest.raises(ValidationError, match="home folder"):
        Option("place", type=Path).parse("~no-such-user-here/x", "argument")


def test_the_repr_of_settings_shows_no_secret(environ: dict[str, str]) -> None:
    assert "qk_workkey" not in repr(load_settings(environ=environ, token="opaque-token"))
    assert "opaque-token" not in repr(load_settings(environ=environ, token="opaque-token"))


def test_request_identities_nest_and_the_outer_one_is_restored() -> None:
    assert auth_context.current() is None
    with auth_context.request_identity("one"):
        with auth_context.request_identity("two") as inner:
            assert auth_context.current() is inner
        outer = auth_context.current()
        assert outer is not None
        assert outer.token.reveal() == "one"
    assert auth_context.current() is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"timeout": "abc"}, {"timeout": None}, {"page_size": 0}, {"page_size": 1.5},
        {"registry": "not-a-registry"}, {"registry": "https://catalog.example.com"},
        {"registry": ""}, {"catalog_url": "ftp://host"}, {"catalog_url": "https://ho\tst"},
        {"catalog_url": "https://host\\@other"}, {"multitenant": "perhaps"},
        {"token_provider": "text"}, {"aws_identity": "mine"}, {"options": "a=b"},
        {"allowed_hosts": 3}, {"allowed_hosts": [3]}, {"region": 3}, {"api_key": " "},
    ],
)  # fmt: skip
def test_an_invalid_value_is_refused_however_settings_are_created(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, wrong: dict[str, Any]
) -> None:
    [name] = wrong
    with pytest.raises(ValidationError, match=name):
        Settings(**wrong)
    if wrong[name] is not None:
        with pytest.raises(ValidationError, match=name):
            load_settings(environ=environ, **wrong)
        for variable, text in environ.items():
            monkeypatch.setenv(variable, text)
        with pytest.raises(ValidationError, match=name):
            connect("memory", **wrong)


def test_a_password_in_an_address_is_not_shown() -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(catalog_url="https://user:hunter22@host")
    assert "hunter22" not in str(caught.value) + repr(caught.value.to_dict())


def test_settings_created_directly_are_converted_once() -> None:
    settings = Settings(registry="s3://my-bucket", timeout="5", token="a.b.c")
    assert settings.registry == Registry("my-bucket")
    assert settings.timeout == 5.0
    assert settings.token is not None
    assert settings.token.reveal() == "a.b.c"
    again = attrs.evolve(settings, page_size=3)
    assert again.registry is settings.registry
    assert again.token is settings.token


def test_a_configuration_file_in_the_former_folder_is_still_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder used to be called `quilt-core`; a file in the new folder takes precedence."""
    import platformdirs

    monkeypatch.delenv("QUILT_CORE_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))  # the folders are looked up again
    monkeypatch.setattr(platformdirs, "user_config_dir", lambda name: str(tmp_path / name))
    new, former = (tmp_path / name / "config.toml" for name in ("quiltops", "quilt-core"))
    assert config_path() == new
    for path, backend in ((former, "quilt3"), (new, "platform")):
        path.parent.mkdir()
        text = f'default_profile = "p"\n[profiles.p]\nbackend = "{backend}"\n'
        path.write_text(text, encoding="utf-8")
        assert config_path() == path
        assert load_settings().backend == backend


@pytest.mark.parametrize("given", [{"token": "t"}, {"registry": "s3://b"}, {"tokn": "t"}])
def test_prepared_settings_and_others_are_not_mixed(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(given))):
        connect(settings=Settings(), **given)
