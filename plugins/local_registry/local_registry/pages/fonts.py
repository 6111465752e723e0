"""External fonts of a catalog, served from packages beside it.

`npm install --no-save @fontsource/material-icons …` in the folder `catalog/` brings them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

import attrs
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

SHEET = "/quiltops-fonts/fonts.css"
_ICONS = (
    'font-style:normal;font-weight:400;font-feature-settings:"liga";line-height:1;'
    "letter-spacing:normal;text-transform:none;display:inline-block;white-space:nowrap;"
    "word-wrap:normal;direction:ltr;font-size:24px;-webkit-font-smoothing:antialiased"
)


@attrs.frozen(kw_only=True)
class _Family:
    """A font: its package, its name in style sheets, weights, and the class of its icons."""

    package: str
    name: str
    weights: Sequence[int] = (400,)
    icons: str | None = None


_FAMILIES = (
    _Family(package="material-icons", name="Material Icons", icons="material-icons"),
    _Family(
        package="material-icons-outlined",
        name="Material Icons Outlined",
        icons="material-icons-outlined",
    ),
    _Family(package="roboto", name="Roboto", weights=(300, 400, 500)),
    _Family(package="roboto-mono", name="Roboto Mono", weights=(400, 700)),
)


@attrs.frozen(kw_only=True)
class Fonts:
    """A style sheet and the files that it names."""

    sheet: str
    files: Mapping[str, Path]

    def routes(self) -> list[BaseRoute]:
        """The routes to serve them."""

        async def sheet(_: object) -> Response:
            return Response(self.sheet, media_type="text/css")

        return [
            Route(SHEET, sheet, methods=["GET"]),
            *(Route(path, _serve(file), methods=["GET"]) for path, file in self.files.items()),
        ]


def beside(folder: Path) -> Fonts | None:
    """The fonts in `node_modules` beside a built catalog; `None` when there are none."""
    rules: list[str] = []
    files: dict[str, Path] = {}
    for family in _FAMILIES:
        source = folder.parent / "node_modules" / "@fontsource" / family.package / "files"
        for weight in family.weights:
            name = f"{family.package}-latin-{weight}-normal.woff2"
            if (source / name).is_file():
                path = f"/quiltops-fonts/{name}"
                files[path] = source / name
                rules.append(
                    f'@font-face{{font-family:"{family.name}";font-style:normal;'
                    f'font-weight:{weight};src:url("{path}") format("woff2")}}'
                )
        if family.icons is not None:
            rules.append(f'.{family.icons}{{font-family:"{family.name}";{_ICONS}}}')
    return Fonts(sheet="\n".join(rules), files=files) if files else None


def _serve(file: Path) -> Callable[[object], Awaitable[Response]]:
    async def serve(_: object) -> Response:
        return FileResponse(file, media_type="font/woff2")

    return serve
