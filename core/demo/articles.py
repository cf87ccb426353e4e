"""Articles of two brands, fashion and home, with sizes, colours, prices, weights and valid EAN-13 numbers."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from stdnum import ean

FASHION, HOME = "alba", "nordlys"
_LETTERS = ("XS", "S", "M", "L", "XL")
_NUMBERS = ("34", "36", "38", "40", "42", "44")
_JEANS = ("28", "30", "32", "34", "36")
_SHOES = ("37", "38", "39", "40", "41", "42", "43")
_ONE = ("",)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of article: `price_minor` and `weight_g` are of a middle one."""

    noun: str
    category: str
    zone: str
    sizes: tuple[str, ...]
    materials: tuple[str, ...]
    price_minor: int
    weight_g: int


@dataclass(frozen=True, slots=True)
class Article:
    """One SKU of the demo. `gtins`: 14 digits each, the first one is printed on the tag."""

    sku: str
    product_id: str
    product_name: str
    division_id: str
    category: str
    zone: str
    colour: str
    size: str
    gtins: tuple[str, ...]
    price_minor: int
    weight_g: int


_FABRICS = ("cotton", "linen", "organic cotton", "modal", "merino")
KINDS: dict[str, tuple[Kind, ...]] = {
    FASHION: (
        Kind("T-shirt", "tops", "A Women", _LETTERS, ("cotton", "organic cotton", "modal"), 2490, 180),
        Kind("shirt", "tops", "B Men", _LETTERS, ("linen", "poplin", "flannel"), 4990, 260),
        Kind("blouse", "tops", "A Women", _NUMBERS, ("viscose", "silk", "cotton"), 5490, 190),
        Kind("dress", "dresses", "A Women", _NUMBERS, ("linen", "viscose", "velvet", "jersey"), 7990, 380),
        Kind("skirt", "dresses", "A Women", _NUMBERS, ("denim", "wool", "satin"), 4990, 320),
        Kind("jeans", "trousers", "B Men", _JEANS, ("straight", "slim", "wide"), 6990, 720),
        Kind("trousers", "trousers", "A Women", _NUMBERS, ("wool", "linen", "corduroy"), 5990, 480),
        Kind("jumper", "knitwear", "A Women", _LETTERS, ("merino", "cashmere", "alpaca"), 8990, 420),
        Kind("cardigan", "knitwear", "B Men", _LETTERS, ("merino", "cotton", "lambswool"), 7990, 460),
        Kind("jacket", "outerwear", "B Men", _LETTERS, ("denim", "tweed", "quilted"), 11990, 950),
        Kind("coat", "outerwear", "A Women", _NUMBERS, ("wool", "down", "camel hair"), 18990, 1600),
        Kind("sneakers", "shoes", "C Shoes", _SHOES, ("leather", "canvas", "suede"), 8990, 840),
        Kind("boots", "shoes", "C Shoes", _SHOES, ("leather", "suede"), 14990, 1350),
        Kind("bag", "accessories", "D Accessories", _ONE, ("leather", "canvas", "raffia"), 9990, 650),
        Kind("scarf", "accessories", "D Accessories", _ONE, ("silk", "wool", "cashmere"), 3990, 140),
        Kind("belt", "accessories", "D Accessories", ("80", "90", "100"), ("leather", "braided"), 3490, 210),
    ),
    HOME: (
        Kind("cushion cover", "textiles", "E Home", ("40x40", "50x50"), ("linen", "velvet", "boucle"), 2490, 210),
        Kind("duvet cover", "bedding", "E Home", ("140x200", "240x220"), ("percale", "linen", "gauze"), 8990, 1400),
        Kind("towel", "bath", "E Home", ("50x100", "70x140"), ("cotton", "waffle", "organic cotton"), 1990, 480),
        Kind("throw", "textiles", "E Home", _ONE, ("wool", "cotton", "mohair"), 5990, 1100),
        Kind("rug", "textiles", "E Home", ("60x90", "140x200", "160x230"), ("jute", "wool", "cotton"), 12990, 4200),
        Kind("mug", "tableware", "F Table", _ONE, ("stoneware", "porcelain"), 1290, 340),
        Kind("plate", "tableware", "F Table", ("21 cm", "27 cm"), ("stoneware", "porcelain"), 1490, 620),
        Kind("bowl", "tableware", "F Table", ("15 cm", "24 cm"), ("stoneware", "olive wood"), 1790, 540),
        Kind("carafe", "tableware", "F Table", _ONE, ("glass", "smoked glass"), 2990, 780),
        Kind("vase", "decoration", "F Table", ("20 cm", "35 cm"), ("glass", "terracotta"), 3490, 1300),
        Kind("candle", "decoration", "F Table", ("180 g", "300 g"), ("fig", "cedar", "orange blossom"), 2490, 520),
        Kind("table lamp", "lighting", "G Lighting", _ONE, ("brass", "ceramic", "paper"), 7990, 1900),
        Kind("basket", "storage", "E Home", ("S", "M", "L"), ("seagrass", "felt"), 2990, 700),
    ),
}  # fmt: skip
COLOURS = (
    "black", "ivory", "navy", "terracotta", "sage", "camel", "burgundy", "sky blue", "mustard", "charcoal", "blush",
    "olive", "ecru", "cobalt", "white", "forest green",
)  # fmt: skip
MODELS = (
    "Anouk", "Basile", "Céleste", "Daphné", "Émile", "Flora", "Gabin", "Honoré", "Iris", "Joséphine", "Kléber", "Lison",
    "Marius", "Ninon", "Oscar", "Pauline", "Quentin", "Rosalie", "Sacha", "Tess", "Ulysse", "Victoire", "Willa", "Yann",
    "Zélie", "Astrid", "Bjarne", "Dagny", "Eskil", "Frida", "Gudrun", "Hedda", "Ingrid", "Kalle", "Liv", "Maren",
    "Nils", "Odin", "Ragna", "Signe", "Tove", "Ylva", "Alma", "Bruno", "Colette", "Diego", "Elsa", "Félix",
)  # fmt: skip
_PREFIX = {FASHION: "376012", HOME: "376034"}
_SUPPLIER_PREFIX = "400638"


def articles(seed: int, total: int) -> list[Article]:
    """`total` SKUs, three of five fashion; every product in two or three colours and all its sizes."""
    fashion = total * 3 // 5
    made = []
    for division, wanted in ((FASHION, fashion), (HOME, total - fashion)):
        stream = _stream(random.Random(f"{seed}:articles:{division}"), division)
        made += [next(stream) for _ in range(wanted)]
    return made


def ean13(prefix: str, number: int) -> str:
    """`prefix` of 6 digits, item number below a million; the check digit is last."""
    body = f"{prefix}{number:06}"
    return body + str(ean.calc_check_digit(body))


def _stream(rng: random.Random, division: str) -> Iterator[Article]:
    numbers, product_numbers = count(1), count(1)
    letter = division[0].upper()
    while True:
        kind = rng.choice(KINDS[division])
        product_number = next(product_numbers)
        material = rng.choice(kind.materials)
        name = f"{rng.choice(MODELS)} {material} {kind.noun}"
        price = max(490, round(kind.price_minor * rng.uniform(0.7, 1.5) / 500) * 500 - 10)
        for colour in rng.sample(COLOURS, rng.choice((2, 2, 3))):
            for size in kind.sizes:
                number = next(numbers)
                yield Article(
                    sku=f"{letter}{number:06}",
                    product_id=f"{letter}P{product_number:05}",
                    product_name=name,
                    division_id=division,
                    category=kind.category,
                    zone=kind.zone,
                    colour=colour,
                    size=size,
                    gtins=_gtins(rng, division, number),
                    price_minor=price,
                    weight_g=round(kind.weight_g * rng.uniform(0.9, 1.15)),
                )


def _gtins(rng: random.Random, division: str, number: int) -> tuple[str, ...]:
    """One in twelve carries the supplier's number as well."""
    own = "0" + ean13(_PREFIX[division], number)
    if rng.random() >= 1 / 12:
        return (own,)
    supplier_number = number + (500_000 if division == HOME else 0)
    return own, "0" + ean13(_SUPPLIER_PREFIX, supplier_number)
