"""Behaviours of texts and times in answers: texts come back as they were given, times in UTC."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from quilt_core import QuiltOps, ValidationError
from quilt_core.testing.conformance.admin import ADMIN, AdminBehaviours, unique
from quilt_core.testing.conformance.behaviour import behaviour
from quilt_core.testing.conformance.catalog import TABLE
from quilt_core.testing.conformance.environment import Environment, TestUser

_ODD_ENDS = ("{}", "{}\n\n", "\n{}", "# é ☃ 😀\n{}", "{}\n# end ", "{}  \n   ")


class Exactness(AdminBehaviours):
    """Texts that come back as they were given, and times."""

    @behaviour(
        "T-95", "create_tabulator_table", "update_tabulator_table", "get_tabulator_table",
        "rename_tabulator_table", "list_tabulator_tables",
    )  # fmt: skip
    def test_a_configuration_keeps_each_character(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """The configuration of a table is kept character by character, in each answer that has it:
        blanks and line ends at its beginning and its end, Windows line ends, comments, and any
        Unicode text. A refused renaming or update leaves it as it was.
        """
        bucket = environment.registry.removeprefix("s3://")
        texts = [form.format(TABLE) for form in _ODD_ENDS] + [TABLE.replace("\n", "\r\n")]
        for number, text in enumerate(texts):
            name = f"odd_{number}"
            made = ops.create_tabulator_table(bucket, name, text)
            assert made.config == text
            assert ops.get_tabulator_table(bucket, name) == made
            assert made in ops.list_tabulator_tables(bucket)
            assert ops.rename_tabulator_table(bucket, name, f"{name}_b").config == text
            assert ops.update_tabulator_table(bucket, f"{name}_b", texts[-1]).config == texts[-1]
            assert ops.update_tabulator_table(bucket, f"{name}_b", text).config == text
            with pytest.raises(ValidationError):
                ops.update_tabulator_table(bucket, f"{name}_b", "parser: only")
            assert ops.get_tabulator_table(bucket, f"{name}_b").config == text

    @behaviour(
        "X-61", "admin_set_sso_config", "admin_get_sso_config", "admin_create_role",
        "admin_remove_sso_config", users=ADMIN,
    )  # fmt: skip
    def test_single_sign_on_keeps_each_character(self, root: QuiltOps) -> None:
        """The configuration of single sign-on is kept character by character: blanks and line ends
        at its beginning and its end, Windows line ends, comments, and any Unicode text. The time is
        that of the last call, in UTC, also if it set the same text again, and the user is the one
        who made it.
        """
        admin = root.admin
        role = admin.create_role(unique("Sso"), policies=[]).name
        text = f"version: '1.0'\ndefault_role: {role}\nmappings: []\n"
        values = {"version": "1.0", "default_role": role, "mappings": []}
        texts = [form.format(text) for form in _ODD_ENDS]
        texts += [text.replace("\n", "\r\n"), json.dumps(values, indent=3)]
        try:
            for one in texts:
                config = admin.set_sso_config(one)
                assert config.text == one
                assert admin.get_sso_config() == config
                assert config.timestamp is not None
                assert config.timestamp.utcoffset() == timedelta(0)
                assert config.uploader == root.get_auth_status().user_name
                again = admin.set_sso_config(one)
                assert (again.text, again.uploader) == (one, config.uploader)
                assert again.timestamp is not None
                assert again.timestamp > config.timestamp
        finally:
            admin.remove_sso_config()

    @behaviour(
        "X-66", "admin_set_sso_config", "admin_get_sso_config", "admin_remove_sso_config",
        "admin_set_user_admin", users=(TestUser.ADMIN, TestUser.READER),
    )  # fmt: skip
    def test_who_set_single_sign_on(self, environment: Environment, root: QuiltOps) -> None:
        """The user of the configuration of single sign-on is the administrator who set it last, by
        another text or by the same one, and not the one who set it before or first.
        """
        admin = root.admin
        role = admin.create_role(unique("Sso"), policies=[]).name
        text = f"version: '1.0'\ndefault_role: {role}\nmappings: []\n"
        with environment.connect(TestUser.READER) as other:
            name = str(other.get_auth_status().user_name)
            admin.set_user_admin(name, True)
            try:
                for who, given in (
                    (root, text), (other, f"{text}#\n"), (root, f"{text}#\n"), (other, text),
                    (other, f"{text}#\n"), (root, text),
                ):  # fmt: skip
                    config = who.admin.set_sso_config(given)
                    assert config.text == given
                    assert config.uploader == who.get_auth_status().user_name
                    assert root.admin.get_sso_config() == config == other.admin.get_sso_config()
            finally:
                admin.remove_sso_config()
                admin.set_user_admin(name, False)

    @behaviour(
        "O-53", "admin_create_user", "admin_list_users", "admin_get_user", "admin_list_buckets",
        "admin_reindex_bucket", users=ADMIN,
    )  # fmt: skip
    def test_times_of_administration_are_in_utc(
        self, environment: Environment, root: QuiltOps
    ) -> None:
        """The times in the answers of administration have the time zone UTC: of users, of the
        indexing of buckets, and of API keys.
        """
        admin, name = root.admin, unique("tim")
        bucket = environment.registry.removeprefix("s3://")
        role = admin.create_role(unique("R"), policies=[]).name
        users = [admin.create_user(name, f"{name}@example.com", role), admin.get_user(name)]
        users += admin.list_users()
        admin.reindex_bucket(bucket)
        times: list[datetime | None] = [one.date_joined for one in users]
        times += [one.last_login for one in users]
        times += [admin.get_bucket(bucket).last_indexed]
        times += [one.last_indexed for one in admin.list_buckets()]
        if root.supports("create_api_key"):
            key = root.create_api_key(unique("key"), 30).api_key
            for one in (key, root.get_api_key(key.id), admin.get_api_key(key.id)):
                times += [one.created_at, one.expires_at]
        given = [time for time in times if time is not None]
        assert given
        assert {time.utcoffset() for time in given} == {timedelta(0)}
