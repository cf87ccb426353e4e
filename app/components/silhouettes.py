"""Drawn shapes that stand for goods without a photograph, by category, in the colour of the article.

Each is what stands inside an SVG of 100 x 100: closed paths that are filled and lined, open ones that are lined.
"""

from app.components.colours import is_light, swatch

_SHIRT = "<path d='M35 18 L14 30 L22 48 L30 44 L30 84 L70 84 L70 44 L78 48 L86 30 L65 18 Q50 32 35 18 Z'/>"
_JUMPER = (
    "<path d='M36 18 L12 34 L18 76 L30 74 L30 84 L70 84 L70 74 L82 76 L88 34 L64 18 Q50 28 36 18 Z'/>"
    "<path fill='none' d='M30 44 L30 74 M70 44 L70 74 M30 77 L70 77'/>"
)
_COAT = (
    "<path d='M37 12 L16 24 L12 66 L24 68 L26 90 L74 90 L76 68 L88 66 L84 24 L63 12 L50 30 Z'/>"
    "<path fill='none' d='M50 30 L50 90 M37 12 L50 44 L63 12 M30 60 L40 60 M60 60 L70 60'/>"
)
_DRESS = (
    "<path d='M38 12 L40 24 L34 44 L22 88 L78 88 L66 44 L60 24 L62 12 L56 12 Q50 26 44 12 Z'/>"
    "<path fill='none' d='M34 44 L66 44'/>"
)
_TROUSERS = "<path d='M32 12 L68 12 L76 90 L58 90 L50 36 L42 90 L24 90 Z'/><path fill='none' d='M31 20 L69 20'/>"
_SHOE = (
    "<path d='M12 34 L36 34 Q46 56 70 58 Q90 60 90 74 L90 78 L12 78 Z'/>"
    "<path fill='none' d='M12 69 L90 69 M38 44 L46 39 M45 52 L52 46'/>"
)
_BAG = "<path d='M20 40 L80 40 L88 86 L12 86 Z'/><path fill='none' d='M34 40 Q34 14 50 14 Q66 14 66 40'/>"
_TEXTILE = (
    "<path d='M14 66 L86 66 Q92 75 86 84 L14 84 Z'/><path d='M18 48 L84 48 Q90 57 84 66 L18 66 Z'/>"
    "<path d='M22 30 L80 30 Q86 39 80 48 L22 48 Z'/>"
)
_MUG = "<path d='M20 30 L68 30 L66 82 L22 82 Z'/><path fill='none' d='M68 40 Q88 40 86 56 Q84 70 67 68'/>"
_VASE = "<path d='M40 14 L60 14 L58 34 Q80 52 70 78 Q66 88 50 88 Q34 88 30 78 Q20 52 42 34 Z'/>"
_LAMP = "<path d='M34 14 L66 14 L80 50 L20 50 Z'/><path d='M47 50 L53 50 L53 80 L66 86 L34 86 L47 80 Z'/>"
_BASKET = (
    "<path d='M14 44 L86 44 L76 86 L24 86 Z'/><path fill='none' d='M28 44 Q50 8 72 44 M20 58 L80 58 M22 72 L78 72'/>"
)
_BOX = (
    "<path d='M16 36 L50 20 L84 36 L84 72 L50 88 L16 72 Z'/><path fill='none' d='M16 36 L50 52 L84 36 M50 52 L50 88'/>"
)

SHAPES = {
    "tops": _SHIRT, "shirts": _SHIRT, "knitwear": _JUMPER, "outerwear": _COAT, "dresses": _DRESS,
    "trousers": _TROUSERS, "shoes": _SHOE, "accessories": _BAG, "bags": _BAG, "textiles": _TEXTILE,
    "bedding": _TEXTILE, "bath": _TEXTILE, "tableware": _MUG, "decoration": _VASE, "lighting": _LAMP,
    "storage": _BASKET,
}  # fmt: skip


def silhouette(category: str, colour: str) -> str:
    """An SVG picture of the kind of article, in its colour."""
    fill = swatch(colour)
    line = "#3A4443" if is_light(fill) else "#E9EEED"
    shape = SHAPES.get(category.casefold(), _BOX)
    style = f"fill='{fill}' stroke='{line}' stroke-width='2.4' stroke-linejoin='round' stroke-linecap='round'"
    # The client knows an SVG in a text by this attribute, in these quotes; without it the picture stays empty.
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><g {style}>{shape}</g></svg>'
