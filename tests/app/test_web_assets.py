"""The two files of Flet's web client we replace differ from its own only where we mean it, version by version."""

import json
import re
from pathlib import Path

import flet_web

from app.theme import FONTS

OURS = Path(__file__).resolve().parents[2] / "assets"
FLETS = Path(flet_web.__file__).parent / "web"


def test_the_page_is_flets_own_with_our_block_in_it() -> None:
    page = (OURS / "index.html").read_text()
    bare = re.sub(r"\n\n  <!-- comptoir: begin -->.*?<!-- comptoir: end -->", "", page, flags=re.DOTALL)
    assert bare != page
    assert bare == (FLETS / "index.html").read_text()


def test_the_fonts_loaded_before_the_first_frame_are_flets_without_formulas_and_ours() -> None:
    ours = json.loads((OURS / "assets" / "FontManifest.json").read_text())
    flets = json.loads((FLETS / "assets" / "FontManifest.json").read_text())
    kept = [font for font in flets if "KaTeX" not in font["family"]]
    noto = [{"family": name, "fonts": [{"asset": f"../{path}"}]} for name, path in FONTS.items()]
    assert ours == kept + noto
