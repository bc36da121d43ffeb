#!/usr/bin/env python3
"""Writes src/drawing/letters.txt: the outlines of the letters on maps in mails.

    python3 scripts/letters.py FONT.woff2… > src/drawing/letters.txt

It needs the Python packages fonttools and brotli. Each FONT is a part of Public Sans with its
weights (latin, then latin-ext, as it is split for web pages). An outline file needs no font reader in
the program; kerning is left out, which nobody sees on a street's name.
"""

import sys

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

WEIGHT = 500
EM = 250
WANTED = [*range(0x20, 0x7F), *range(0xA1, 0x180), 0x2013, 0x2019]


class Outline(BasePen):
    """Relative moves in whole units; what is rounded away is carried on, as no error adds up."""

    def __init__(self, glyphs, scale):
        super().__init__(glyphs)
        self.scale, self.at, self.out = scale, (0, 0), []

    def _write(self, letter, *points):
        numbers = []
        for x, y in points:
            to = (round(x * self.scale), round(y * self.scale))
            numbers += [to[0] - self.at[0], to[1] - self.at[1]]
            if letter != "q" or (x, y) == points[-1]:
                self.at = to
        self.out.append(letter + " ".join(map(str, numbers)))

    def _moveTo(self, to):
        self._write("m", to)

    def _lineTo(self, to):
        self._write("l", to)

    def _qCurveToOne(self, control, to):
        self._write("q", control, to)

    def _closePath(self):
        self.out.append("z")


def main():
    print("# The outlines of Public Sans, weight 500, flattened for src/drawing/letters.rs by")
    print("# scripts/letters.py. Copyright 2015 The Public Sans Project Authors, under the SIL Open")
    print("# Font License 1.1: web/demo/public-sans.LICENSE.")
    print(f"# Code point, advance, outline (relative, y up), in 1/{EM} of the letter's size.")
    done = set()
    for path in sys.argv[1:]:
        font = instantiateVariableFont(TTFont(path), {"wght": WEIGHT})
        names, glyphs = font.getBestCmap(), font.getGlyphSet()
        scale = EM / font["head"].unitsPerEm
        for code in WANTED:
            if code in names and code not in done:
                done.add(code)
                pen = Outline(glyphs, scale)
                glyphs[names[code]].draw(pen)
                advance = round(glyphs[names[code]].width * scale)
                print(f"{code:x} {advance} {''.join(pen.out)}")


main()
