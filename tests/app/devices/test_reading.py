"""A code counts when looks agree, once while it is held, and only the one that was aimed at."""

import itertools
import random

from app.devices.codes.symbols import CODE39, CODE128, EAN8, EAN13, ITF, QR, Decoded
from app.devices.reading import Choice, Counted, Look, Reader

EAN, OTHER, THIRD = "4006381333931", "5901234123457", "96385074"
SIZE = (1280, 720)
FRAME_MS = 100.0


def code(text: str, x: int = 640, y: int = 360, symbology: str = "EAN-13", half: int = 60) -> Decoded:
    corners = ((x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half))
    return Decoded(symbology, text, corners)


class Watched:
    """A reader in front of which codes are held, one look each 100 ms; the second opinion says `vouches`."""

    def __init__(self, mode: str = "one", vouches: bool = True) -> None:
        self.reader = Reader(mode=mode)  # type: ignore[arg-type]
        self.vouches = vouches
        self.at_ms = 0.0
        self.asked = 0
        self.counted: list[str] = []
        self.choices: list[Choice] = []

    def look(self, *codes: Decoded, sharpness: float = 1.0, hard: bool = False) -> list[str]:
        self.at_ms += FRAME_MS
        look = Look(self.at_ms, codes, SIZE, sharpness, hard)
        answers = [self.reader.see(look)]
        if doubted := self.reader.doubted(look):
            self.asked += 1
            answers.append(self.reader.vouch({each.text for each in doubted} if self.vouches else set(), look))
        new = [each.text for answer in answers if isinstance(answer, Counted) for each in answer.codes]
        self.choices += [answer for answer in answers if isinstance(answer, Choice)]
        self.counted += new
        return new

    def looks(self, times: int, *codes: Decoded, sharpness: float = 1.0) -> None:
        for _ in range(times):
            self.look(*codes, sharpness=sharpness)


def test_one_look_is_not_enough_and_a_held_code_counts_once() -> None:
    watched = Watched()
    assert [bool(watched.look(code(EAN))) for _ in range(40)].index(True) == 1
    assert watched.counted == [EAN]
    assert watched.asked == 1


def test_two_looks_of_five_are_enough_but_not_two_of_six() -> None:
    near, far = Watched(), Watched()
    for gap, watched in ((3, near), (4, far)):
        watched.look(code(EAN))
        watched.looks(gap)
        watched.look(code(EAN))
    assert near.counted == [EAN]
    assert far.counted == []


def test_without_a_second_opinion_only_formats_that_check_themselves_count_and_after_five_looks() -> None:
    counted = {}
    for symbology in (QR, CODE128, EAN13, CODE39, ITF):
        watched = Watched(vouches=False)
        looks = [bool(watched.look(code(EAN, symbology=symbology))) for _ in range(30)]
        counted[symbology] = looks.index(True) + 1 if any(looks) else None
    assert counted == {QR: 5, CODE128: 5, EAN13: None, CODE39: None, ITF: None}


def test_what_lines_of_print_pass_for_needs_more_looks_even_with_a_second_opinion() -> None:
    looks = {}
    for symbology in (EAN13, QR, ITF, CODE39, EAN8):
        watched = Watched()
        looks[symbology] = [bool(watched.look(code(EAN, symbology=symbology))) for _ in range(10)].index(True) + 1
    assert looks == {EAN13: 2, QR: 2, ITF: 3, CODE39: 3, EAN8: 4}


def test_two_numbers_read_at_one_place_count_only_when_one_is_clearly_more_frequent() -> None:
    watched = Watched()
    for text in (EAN, OTHER) * 10:
        watched.look(code(text))
    assert watched.counted == []
    watched.looks(5, code(EAN))
    assert watched.counted == [EAN]


def test_hard_looks_agree_with_each_other_and_with_a_quick_one() -> None:
    hard = Watched(vouches=False)  # a hard look is sure of what it says
    hard.look(code(EAN), hard=True)
    hard.looks(2)
    hard.look(code(EAN), hard=True)
    assert hard.counted == [EAN]
    mixed = Watched()
    mixed.look(code(EAN), hard=True)
    mixed.look(code(EAN))
    assert mixed.counted == [EAN]
    late = Watched()
    late.look(code(EAN), hard=True)
    late.looks(12)
    late.look(code(EAN))
    assert late.counted == []


def test_a_code_counts_again_after_it_left_the_view() -> None:
    watched = Watched()
    watched.looks(2, code(EAN))
    watched.looks(25)
    watched.look(code(EAN))
    assert watched.counted == [EAN]
    watched.look(code(EAN))
    assert watched.counted == [EAN, EAN]


def test_a_code_that_a_busy_device_misses_for_a_while_does_not_count_again() -> None:
    """Looks 400 ms apart, the scene clear and the code in it blurred by its motion."""
    reader, counted = Reader(), 0
    for at in range(60):
        codes = (code(EAN),) if at % 8 < 2 else ()
        look = Look(400.0 * at, codes, SIZE)
        for verdict in (reader.see(look), reader.vouch({each.text for each in reader.doubted(look)}, look)):
            counted += isinstance(verdict, Counted)
    assert counted == 1


def test_flicker_and_blur_are_no_leaving() -> None:
    watched = Watched()
    for _ in range(10):
        watched.looks(2, code(EAN))
        watched.looks(3)
        watched.looks(15, sharpness=0.2)
    assert watched.counted == [EAN]
    watched.looks(45, sharpness=0.2)
    watched.looks(2, code(EAN))
    assert watched.counted == [EAN, EAN]


def test_of_several_codes_the_one_in_the_middle_counts() -> None:
    watched = Watched()
    beside = code(OTHER, x=1000)
    watched.looks(6, beside, code(EAN))
    assert watched.counted == [EAN]
    watched.looks(6, code(EAN, x=300), code(OTHER))
    assert watched.counted == [EAN, OTHER]
    assert watched.choices == []


def test_the_middle_may_be_harder_to_read_than_the_edge() -> None:
    watched = Watched()
    watched.looks(2, code(OTHER, x=1150))
    assert watched.counted == []
    watched.look(code(OTHER, x=1150), code(EAN))
    watched.look(code(OTHER, x=1150), code(EAN))
    assert watched.counted == [EAN]


def test_where_nobody_can_tell_the_aimed_one_a_person_chooses() -> None:
    watched = Watched()
    pair = (code(EAN, x=500), code(OTHER, x=790))
    watched.looks(12, *pair)
    assert watched.counted == []
    assert [{each.text for each in choice.codes} for choice in watched.choices] == [{EAN, OTHER}]
    chosen = watched.reader.choose(OTHER, watched.at_ms)
    assert chosen is not None
    assert chosen.text == OTHER
    watched.looks(12, *pair)
    assert watched.counted == []
    assert len(watched.choices) == 1


def test_a_choice_that_is_closed_is_offered_again() -> None:
    watched = Watched()
    pair = (code(EAN, x=500), code(OTHER, x=790))
    watched.looks(12, *pair)
    watched.reader.dismiss()
    watched.looks(12, *pair)
    assert len(watched.choices) == 2


def test_what_has_counted_leaves_the_aim_to_what_has_not() -> None:
    watched = Watched()
    watched.looks(2, code(EAN))
    watched.looks(8, code(EAN, x=500), code(OTHER, x=790))
    assert watched.counted == [EAN, OTHER]
    assert watched.choices == []


def test_counting_all_counts_every_code_once_and_two_alike_twice() -> None:
    watched = Watched(mode="all")
    shelf = (code(EAN, x=200), code(EAN, x=500), code(OTHER, x=900), code(THIRD, x=1100))
    watched.looks(20, *shelf)
    assert sorted(watched.counted) == sorted([EAN, EAN, OTHER, THIRD])
    watched.looks(4, *shelf, code(EAN, x=700))
    assert watched.counted.count(EAN) == 3


def test_a_hard_look_is_wanted_every_300_ms_and_not_while_all_has_counted() -> None:
    reader = Reader()
    wanted = [at for at in range(0, 2000, 50) if reader.wants_hard_look(at)]
    assert {later - earlier for earlier, later in itertools.pairwise(wanted)} == {300}
    watched = Watched()
    watched.looks(3, code(EAN))
    assert not watched.reader.wants_hard_look(10_000.0)


def test_whatever_is_shown_a_misread_of_single_looks_never_counts() -> None:
    """Random texts that never repeat, between looks at a code that flickers: only the code counts, and it counts."""
    for seed in range(30):
        random_numbers = random.Random(seed)
        watched = Watched()
        for at in range(60):
            shown = [code(EAN)] if random_numbers.random() < 0.85 else []
            if random_numbers.random() < 0.15:
                shown = [code(f"{seed:06d}{at:07d}")]
            watched.look(*shown, sharpness=random_numbers.uniform(0.3, 1.0))
        assert watched.counted == [EAN]
