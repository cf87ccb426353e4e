import pytest

from app.components.chip_label import chip_label
from app.documents.typeface import MM_PER_POINT, width_mm


@pytest.mark.parametrize("text", ["逾期 1", "4 小时内 128", "简体中文", "深色", "美式，用于法文平板"])
@pytest.mark.parametrize("is_bold", [False, True])
def test_chinese_words_have_room_before_their_font_is_there(text: str, is_bold: bool) -> None:
    needed, label = width_mm(text, 14, is_bold) / MM_PER_POINT, chip_label(text, 14, is_bold)
    assert label.width is not None
    assert needed <= float(label.width) <= needed + 16
    assert label.height == 21


def test_other_words_are_as_wide_as_they_are() -> None:
    assert chip_label("Überfällig 1", 14, True).width is None
