"""Makes assets/fonts/NotoSansSC-*.ttf from Noto Sans SC: what a catalogue, a name or an address in Chinese needs.

Run with the two whole fonts, as `npm pack @expo-google-fonts/noto-sans-sc` has them (400Regular, 700Bold): 10 MB each.
Kept are the 6,763 characters of GB 2312 (both levels) with its punctuation; Latin and Cyrillic come from Noto Sans.
"""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FONTS = Path(__file__).resolve().parent.parent / "assets" / "fonts"
# Rows of GB 2312: 1 and 3 punctuation and full-width forms, 16-55 the frequent characters, 56-87 the others.
ROWS = (1, 3, *range(16, 88))
# The one piece of Chinese that is shown in every language, before the whole font is fetched: how Chinese calls itself.
OWN_NAME = "简体中文"


def gb_2312() -> set[str]:
    found = (bytes((0xA0 + row, 0xA0 + cell)).decode("gb2312", "ignore") for row in ROWS for cell in range(1, 95))
    return {character for character in found if character}


def subset(source: Path, target: Path, characters: set[str]) -> None:
    options = Options(layout_features=[], hinting=False, notdef_outline=True, name_IDs=[0, 1, 2, 4, 6, 13, 14])
    # Heights of the whole font, so that a line is as high whatever is kept.
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "GSUB", "GPOS", "GDEF", "STAT", "meta"]
    with TTFont(source) as font:
        subsetter = Subsetter(options)
        subsetter.populate(text="".join(characters))
        subsetter.subset(font)
        font.save(target)
    print(f"{target.name}: {len(characters)} characters, {target.stat().st_size // 1024} KB")


def main(regular: str, bold: str) -> None:
    characters = gb_2312()
    subset(Path(regular), FONTS / "NotoSansSC-Regular.ttf", characters)
    subset(Path(bold), FONTS / "NotoSansSC-Bold.ttf", characters)
    subset(Path(regular), FONTS / "NotoSansSC-Name.ttf", set(OWN_NAME))


if __name__ == "__main__":
    main(*sys.argv[1:3])
