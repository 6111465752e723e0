"""`/thumbnail`: a small version of an image, if Pillow is installed."""

from __future__ import annotations

import io
from typing import Any

from local_registry.previews.source import PreviewError

_SIZES = (
    (32, 32),
    (64, 64),
    (128, 128),
    (256, 256),
    (480, 320),
    (640, 480),
    (960, 640),
    (1024, 768),
    (2048, 1536),
)
SIZES = {f"w{width}h{height}": (width, height) for width, height in _SIZES}
_MODES = ("1", "L", "LA", "P", "PA", "RGB", "RGBA")


def thumbnail(body: bytes, size: tuple[int, int]) -> tuple[bytes, dict[str, Any]]:
    """A PNG of at most `size` (width, height in pixels), and what `X-Quilt-Info` says about it.

    Raises `PreviewError`: 501 without Pillow, 400 for anything that is not an image or is too
    large.
    """
    try:
        from PIL import Image
    except ImportError:
        raise PreviewError(
            501, {"title": "No thumbnail", "detail": "Thumbnails need Pillow"}
        ) from None
    try:
        with Image.open(io.BytesIO(body)) as opened:
            original = opened.size
            picture = opened if opened.mode in _MODES else opened.convert("RGB")
            picture.thumbnail(size)
            output = io.BytesIO()
            picture.save(output, "PNG")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PreviewError.bad("The picture cannot be read", str(error)) from None
    info = {
        "original_size": list(original),
        "thumbnail_format": "PNG",
        "thumbnail_size": list(picture.size),
    }
    return output.getvalue(), info
