"""Pictures with a palette of 256 colours, in place: a third of the bytes.

The colours that fill areas and lines stay exactly as they are, since the colour of a run is what
tells it apart; those of the softened edges of letters become ones that no eye tells from them.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image

NUM_EXACT = 96
MAX_DIFFERENCE = 24
"""Of 255, in any channel of any pixel; a picture that would change more keeps all its colours."""


def shrink(path: Path) -> None:
    """Writes the picture anew, smaller."""
    with Image.open(path) as opened:
        pixels = np.asarray(opened.convert("RGB"))
    # One number for each pixel: numbers sort much faster than rows.
    codes = pixels.reshape(-1, 3).astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    unique, inverse, counts = np.unique(codes, return_inverse=True, return_counts=True)
    colours = np.stack([unique >> 16, (unique >> 8) & 255, unique & 255], axis=1)
    palette = palette_of(colours[np.argsort(-counts)])
    # Pillow would compare six bits of each channel, which makes white a light grey.
    distances = np.abs(colours[:, None, :].astype(int) - palette[None, :, :]).max(axis=2)
    nearest = distances.argmin(axis=1)
    if distances.min(axis=1).max() > MAX_DIFFERENCE:
        Image.fromarray(pixels).save(path, optimize=True)
        return
    small = Image.fromarray(nearest[inverse].reshape(pixels.shape[:2]).astype(np.uint8), "P")
    small.putpalette(palette.astype(np.uint8).tobytes())
    small.save(path, optimize=True)


def palette_of(colours: np.ndarray) -> np.ndarray:
    """The first of the colours, then such as lie near to all others; shape (at most 256, 3)."""
    exact, others = colours[:NUM_EXACT], colours[NUM_EXACT:]
    if not len(others):
        return exact
    row = Image.fromarray(others[None].astype(np.uint8))
    near = row.quantize(256 - NUM_EXACT, method=Image.Quantize.MAXCOVERAGE).getpalette()
    return np.concatenate([exact, np.array(near).reshape(-1, 3)])[:256]


for name in sys.argv[1:]:
    shrink(Path(name))
