import pytest

from core.service.imports.stock_blocks import NOT_SAID, blocks_of

ORDER = (0, 1, 2)


def test_a_clean_chunk_becomes_a_block_per_location():
    text = b"A1,S1,3\nA-LONGER/SKU.2,S1,120\nA1,S22,\n"
    blocks = blocks_of(text, b",", ORDER, 2)
    assert blocks is not None
    assert [(block.location, block.first_line, len(block)) for block in blocks] == [("S1", 2, 2), ("S22", 4, 1)]
    assert [blocks[0].sku(index) for index in range(2)] == ["A1", "A-LONGER/SKU.2"]
    assert [block.on_hand.tolist() for block in blocks] == [[3, 120], [NOT_SAID]]
    assert text[blocks[1].begin :] == b"A1,S22,\n"
    assert (blocks[0].words[0] == blocks[1].words[0]).all()
    assert (blocks[0].words[0] != blocks[0].words[1]).any()


def test_cells_may_stand_in_any_order():
    blocks = blocks_of(b"7;S1;A1\n", b";", (2, 1, 0), 2)
    assert blocks is not None
    assert (blocks[0].sku(0), blocks[0].location, blocks[0].on_hand.tolist()) == ("A1", "S1", [7])


def test_every_number_is_read_as_it_is_written():
    numbers = [0, 1, 9, 10, 99, 100, 12_345, 999_999]
    text = "".join(f"A{number},S1,{number}\n" for number in numbers).encode()
    blocks = blocks_of(text, b",", ORDER, 2)
    assert blocks is not None
    assert blocks[0].on_hand.tolist() == numbers


@pytest.mark.parametrize(
    "text",
    [
        b'"A1",S1,3\n', b"A1,S1,3\r\n", b"A1,S1\n", b"A1,S1,3,4\n", b"A1,S1,x\n", b"A1,S1,-3\n", b"A1,S1,1.5\n",
        b"A1,S1,1000000\n", b",S1,3\n", b"A1,,3\n", b"A 1,S1,3\n", b"\n\n\n", b"A1,S1,3\n\n", b"A\xc3\xa9,S1,3\n",
        b"A1\nS1,3,\n", b"A" * 65 + b",S1,3\n", b"A\x00,S1,3\n",
    ],
)  # fmt: skip
def test_what_is_not_clean_is_left_to_the_reader_of_rows(text):
    assert blocks_of(b"A0,S1,1\n" + text, b",", ORDER, 2) is None
