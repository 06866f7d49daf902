"""Pictures small enough to be kept with the code."""

from __future__ import annotations

import io

from PIL import Image

_COLOURS = 64


def reduced(picture: bytes, colours: int = _COLOURS) -> bytes:
    """The same PNG in few colours; rare ones count too: a red button has to stay red."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    few = image.quantize(colours, Image.Quantize.MAXCOVERAGE, kmeans=3, dither=Image.Dither.NONE)
    out = io.BytesIO()
    few.save(out, "PNG", optimize=True)
    return out.getvalue()
