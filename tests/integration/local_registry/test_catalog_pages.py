"""The catalog's address: small pages of ours, or Quilt's catalog if a build of it is given."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner
from local_registry import LocalRegistry, RegistryConfig
from local_registry.cli import serve
from local_registry.pages.built import CatalogError
from local_registry.seed.apply import make_bucket
from local_registry.seed.document import BucketSeed
from local_registry.testing import add_bucket, add_user

from quilt_core import connect
from quilt_core.domain.names import PackageName
from quilt_core.manifest import ManifestEntry, ManifestHeader, write_manifest
from quilt_core.manifest.layout import manifest_key, pointer_key

MARK = 's3UsEast1RegionalEndpoint:"regional"'
GOOGLE = '<link href="https://fonts.googleapis.com/icon?family=Material+Icons" rel="stylesheet"/>'
ODD = 'x<img src="y" onerror=z>/a&b "c\'.txt'


@pytest.fixture
def writer(shared_local_registry: LocalRegistry) -> Iterator[requests.Session]:
    """A browser in which the user `writer` is signed in."""
    with requests.Session() as session:
        session.trust_env = False
        base = shared_local_registry.endpoints.catalog_url
        answer = session.post(f"{base}/sign-in", data={"user": "writer", "back": "/b/demo-data"})
        assert answer.url == f"{base}/b/demo-data"
        yield session


def test_anonymous_users_see_how_to_connect_and_no_bucket(
    shared_local_registry: LocalRegistry, http: requests.Session
) -> None:
    endpoints = shared_local_registry.endpoints
    for path in ("", "/b/demo-data", "/any/path"):
        answer = http.get(endpoints.catalog_url + path)
        assert answer.status_code == 200
        assert endpoints.s3_endpoint in answer.text
        assert 'value="writer"' in answer.text
        assert "demo-shared" not in answer.text
        policy = answer.headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
    for name in ("page.css", "page.js"):
        assert http.get(f"{endpoints.catalog_url}/static/{name}").status_code == 200
    assert http.get(f"{endpoints.catalog_url}/static/site.py").status_code == 404


def test_there_is_a_page_for_everything_that_the_user_may_read(
    shared_local_registry: LocalRegistry, writer: requests.Session
) -> None:
    base = shared_local_registry.endpoints.catalog_url
    home = writer.get(base).text
    assert "demo-shared" in home
    assert "demo-private" not in home
    assert "palmer/penguins" in writer.get(f"{base}/b/demo-data").text
    package = f"{base}/b/demo-data/packages/palmer/penguins"
    page = writer.get(package).text
    assert "CC0-1.0" in page
    top_hash = re.search(r"[0-9a-f]{64}", page)
    assert top_hash is not None
    for tree in (f"{package}/tree/latest", f"{package}/tree/{top_hash[0]}"):
        assert "penguins.csv" in writer.get(f"{tree}/data").text
        file = writer.get(f"{tree}/data/penguins.csv").text
        assert "<td>Torgersen</td>" in file
    link = re.search(r'href="([^"]*X-Amz-Signature[^"]*)"', file)
    assert link is not None
    assert writer.get(link[1].replace("&amp;", "&")).text.startswith("species,")
    for missing in ("/b/demo-private", "/b/nowhere", "/b/demo-data/packages/no/such"):
        assert writer.get(base + missing).status_code == 404
    assert writer.get(f"{package}/tree/latest/no-such-file").status_code == 404


def test_names_and_contents_are_escaped(
    shared_local_registry: LocalRegistry, http: requests.Session
) -> None:
    bucket = add_bucket(shared_local_registry)
    user = add_user(shared_local_registry, writes=[bucket])
    body = b"<script>alert(1)</script>"
    shared_local_registry.s3_client().put_object(Bucket=bucket, Key="key", Body=body)
    endpoints = shared_local_registry.endpoints
    with connect(
        "platform",
        registry=f"s3://{bucket}",
        registry_url=endpoints.registry_url,
        catalog_url=endpoints.catalog_url,
        token=shared_local_registry.token(user.name),
        api_key=None,
    ) as ops:
        ops.create_package_revision(
            "odd/names", {ODD: f"s3://{bucket}/key"}, message="<b>bold</b>", metadata={"<i>": 1}
        )
    http.post(f"{endpoints.catalog_url}/sign-in", data={"user": user.name})
    package = f"{endpoints.catalog_url}/b/{bucket}/packages/odd/names"
    page = http.get(package).text
    assert "&lt;b&gt;bold" in page
    assert "<img" not in page
    assert "<i>" not in page
    links = re.findall(r'href="(/b/[^"]*/tree/[^"]*%3Cimg[^"]*)"', page)
    folder = http.get(endpoints.catalog_url + links[0]).text
    links = re.findall(r'href="(/b/[^"]*\.txt)"', folder)
    file = http.get(endpoints.catalog_url + links[0]).text
    assert "&lt;script&gt;alert(1)" in file
    assert "<script>alert" not in file


def _publish(registry: LocalRegistry, bucket: str, physical_key: str) -> None:
    """A revision of `some/package` with one entry, `k`."""
    manifest = io.BytesIO()
    entry = ManifestEntry(logical_key="k", physical_key=physical_key, size=3, hash=None, meta={})
    top_hash = write_manifest(ManifestHeader(message=None), (), [entry], manifest)
    client = registry.context.s3
    client.put_object(Bucket=bucket, Key=manifest_key(top_hash), Body=manifest.getvalue())
    for pointer in ("1700000000", "latest"):
        key = pointer_key(PackageName.parse("some/package"), pointer)
        client.put_object(Bucket=bucket, Key=key, Body=top_hash.encode())


def _signed_in(registry: LocalRegistry, bucket: str, http: requests.Session) -> dict[str, str]:
    """Sign a reader of the bucket in at the catalog; gives the header that identifies them
    elsewhere."""
    name = add_user(registry, reads=[bucket]).name
    http.post(f"{registry.endpoints.catalog_url}/sign-in", data={"user": name})
    return {"Authorization": f"Bearer {registry.token(name)}"}


def _browsed(registry: LocalRegistry, bucket: str, bearer: dict[str, str]) -> str:
    """The address of `k` in a browsing session."""
    identity = registry.context.identities.authenticate(bearer["Authorization"])
    assert identity is not None
    scope = f"quilt+s3://{bucket}#package=some/package:latest"
    session = registry.context.state.browsing.create(identity, scope, 60)
    return f"{registry.endpoints.registry_url}/browse/{session.id}/k"


@pytest.mark.parametrize("physical_key", ["file:///etc/hostname", "s3://BUCKET/key#more"])
def test_a_physical_key_that_names_no_object_has_no_link(
    shared_local_registry: LocalRegistry, http: requests.Session, physical_key: str
) -> None:
    registry, bucket = shared_local_registry, add_bucket(shared_local_registry)
    registry.context.s3.put_object(Bucket=bucket, Key="key", Body=b"yes")
    _publish(registry, bucket, physical_key.replace("BUCKET", bucket))
    bearer = _signed_in(registry, bucket, http)
    endpoints = registry.endpoints
    tree = f"{endpoints.catalog_url}/b/{bucket}/packages/some/package/tree/latest"
    assert "The file is not kept in S3" in http.get(f"{tree}/k").text
    archive = f"{endpoints.registry_url}/zip/package/{bucket}/some/package/latest"
    assert http.post(archive, headers=bearer).status_code == 404
    browsed = _browsed(registry, bucket, bearer)
    assert http.get(browsed, headers=bearer, allow_redirects=False).status_code == 404


def test_links_use_the_region_of_the_bucket(
    shared_local_registry: LocalRegistry, http: requests.Session
) -> None:
    registry, bucket = shared_local_registry, "links-in-the-north"
    make_bucket(registry.context, BucketSeed(name=bucket, region="eu-north-1"))
    registry.context.s3.put_object(Bucket=bucket, Key="key", Body=b"yes")
    _publish(registry, bucket, f"s3://{bucket}/key")
    bearer = _signed_in(registry, bucket, http)
    tree = f"{registry.endpoints.catalog_url}/b/{bucket}/packages/some/package/tree/latest"
    link = re.search(r'href="([^"]*X-Amz-Signature[^"]*)"', http.get(f"{tree}/k").text)
    assert link is not None
    assert http.get(link[1].replace("&amp;", "&")).text == "yes"
    assert http.get(_browsed(registry, bucket, bearer), headers=bearer).text == "yes"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Host": "rebound.example"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_form_from_another_site_cannot_sign_anyone_in(
    shared_local_registry: LocalRegistry, http: requests.Session, headers: dict[str, str]
) -> None:
    base = shared_local_registry.endpoints.catalog_url
    answer = http.post(f"{base}/sign-in", data={"user": "writer"}, headers=headers)
    assert (answer.status_code, len(http.cookies)) == (403, 0)


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example", ""])
def test_signing_in_never_redirects_to_another_site(
    shared_local_registry: LocalRegistry, http: requests.Session, back: str
) -> None:
    base = shared_local_registry.endpoints.catalog_url
    fields = {"user": "writer", "back": back}
    answer = http.post(f"{base}/sign-in", data=fields, allow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_signing_out_ends_the_session(
    shared_local_registry: LocalRegistry, writer: requests.Session
) -> None:
    base = shared_local_registry.endpoints.catalog_url
    before = dict(writer.cookies)
    assert "Sign in" in writer.post(f"{base}/sign-out").text
    again = requests.get(base, cookies=before, timeout=10)
    assert "demo-shared" not in again.text
    for user in ("inactive", "nobody"):
        assert writer.post(f"{base}/sign-in", data={"user": user}).status_code == 403


def _built(folder: Path, *scripts: str) -> Path:
    build = folder / "build"
    build.mkdir()
    (build / "index.html").write_text(f"<html><head>{GOOGLE}</head><body>app</body></html>")
    (build / "other.js").write_text("other()")
    for n, script in enumerate(scripts):
        (build / f"app{n}.js").write_text(script)
    (folder / "secret.txt").write_text("secret")
    return build


def test_a_built_catalog_is_served_with_our_addresses(
    tmp_path: Path, http: requests.Session
) -> None:
    build = _built(tmp_path, f"x={{{MARK}}}")
    font = tmp_path / "node_modules/@fontsource/material-icons/files"
    font.mkdir(parents=True)
    (font / "material-icons-latin-400-normal.woff2").write_bytes(b"font")
    with LocalRegistry(RegistryConfig(catalog=build)) as registry:
        base, s3 = registry.endpoints.catalog_url, registry.endpoints.s3_endpoint
        script = http.get(f"{base}/app0.js").text
        assert script == f'x={{{MARK},endpoint:"{s3}",s3ForcePathStyle:!0}}'
        config = http.get(f"{base}/config.js").text
        document = config.removeprefix("window.QUILT_CATALOG_CONFIG = ").rstrip(";\n")
        assert json.loads(document) == http.get(f"{base}/config.json").json()
        for path in ("/", "/index.html", "/b/demo-data", "/signin"):
            page = http.get(base + path)
            assert page.status_code == 200
            assert "app</body>" in page.text
            assert "googleapis" not in page.text
            policy = page.headers["content-security-policy"]
            assert "script-src 'self' 'unsafe-eval' 'wasm-unsafe-eval';" in policy
            assert s3 in policy
        assert http.get(f"{base}/other.js").text == "other()"
        assert http.get(f"{base}/no-such.js").status_code == 404
        assert "secret" not in http.get(f"{base}/%2e%2e/secret.txt").text
        sheet = http.get(f"{base}/quiltops-fonts/fonts.css").text
        assert 'font-family:"Material Icons"' in sheet
        path = "/quiltops-fonts/material-icons-latin-400-normal.woff2"
        assert http.get(base + path).content == b"font"


@pytest.mark.parametrize("scripts", [(), ("x",), (MARK, MARK), (MARK + MARK,)])
def test_a_catalog_build_that_would_use_the_real_s3_is_refused(
    tmp_path: Path, scripts: tuple[str, ...]
) -> None:
    build = _built(tmp_path, *scripts)
    with pytest.raises(CatalogError, match="not once"):
        LocalRegistry(RegistryConfig(catalog=build)).start()
    answer = CliRunner().invoke(serve, ["--catalog", str(build)])
    assert answer.exit_code == 1
    assert "it would ask the real S3" in answer.output


def test_a_folder_without_a_catalog_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="npm run build"):
        LocalRegistry(RegistryConfig(catalog=tmp_path)).start()
