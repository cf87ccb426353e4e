"""Colours as goods are sold in, by their names in the catalogue: a swatch helps the eye find the right variant."""

import re

# Words of colour names, the longest match wins. Names come from catalogues in several languages.
SWATCHES = {
    "black": "#1C1C1E", "noir": "#1C1C1E", "schwarz": "#1C1C1E", "white": "#FAFAF7", "blanc": "#FAFAF7",
    "weiss": "#FAFAF7", "ivory": "#F6F1E1", "ivoire": "#F6F1E1", "ecru": "#EFE6D2", "écru": "#EFE6D2",
    "cream": "#F4EBD3", "sand": "#D8C3A0", "sable": "#D8C3A0", "beige": "#D9C8AC", "camel": "#B98A56",
    "cognac": "#9A5A2C", "brown": "#6B4A34", "marron": "#6B4A34", "brass": "#B8923F", "ochre": "#C98A2B",
    "ocre": "#C98A2B", "mustard": "#D2A32C", "moutarde": "#D2A32C", "yellow": "#F0C93A", "jaune": "#F0C93A",
    "orange": "#E07B2F", "terracotta": "#BF6043", "rust": "#A4502F", "red": "#C0322E", "rouge": "#C0322E",
    "burgundy": "#6E1F33", "bordeaux": "#6E1F33", "blush": "#E8BFB7", "pink": "#E59AB0", "rose": "#E59AB0",
    "purple": "#6E4A8E", "violet": "#6E4A8E", "navy": "#1F2D4E", "marine": "#1F2D4E", "cobalt": "#1F4FB0",
    "blue": "#3B6FB5", "bleu": "#3B6FB5", "blau": "#3B6FB5", "dark blue": "#20345F", "sky blue": "#9CC7E6",
    "light blue": "#A9CDE8", "sage": "#A3B09A", "olive": "#75763F", "green": "#3F8456", "vert": "#3F8456",
    "forest green": "#23503B", "charcoal": "#3E4145", "anthracite": "#3E4145", "grey": "#8C9096", "gray": "#8C9096",
    "gris": "#8C9096", "silver": "#C4C8CC", "gold": "#C9A24A",
}  # fmt: skip
UNKNOWN = "#B9C2C1"
_BY_LENGTH = sorted(SWATCHES, key=len, reverse=True)


def swatch(name: str) -> str:
    """`#rrggbb` of a colour name; a name nobody knows is neutral, never a guess that misleads."""
    said = name.casefold()
    found = next((word for word in _BY_LENGTH if re.search(rf"\b{re.escape(word)}\b", said)), None)
    return SWATCHES[found] if found else UNKNOWN


def is_light(colour: str) -> bool:
    """Whether dark lines are seen on it ("#rrggbb")."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue > 140
