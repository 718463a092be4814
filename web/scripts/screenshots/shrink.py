"""Pictures with a palette of 256 colours, in place: a third of the bytes.

Only where no pixel changes by more than an eye can see: the colour of a run is what tells it apart.
"""

import sys
from pathlib import Path

from PIL import Image, ImageChops

MAX_DIFFERENCE = 8
"""Of 255, in any channel of any pixel."""


def shrink(path: Path) -> None:
    """Writes the picture anew, smaller."""
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    small = picture.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    changes = ImageChops.difference(picture, small.convert("RGB")).getextrema()
    is_same = max(most for _, most in changes) <= MAX_DIFFERENCE
    (small if is_same else picture).save(path, optimize=True)


for name in sys.argv[1:]:
    shrink(Path(name))
