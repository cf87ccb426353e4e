"""A signature travels as its strokes, thinned, and comes back as the same strokes."""

from app.components.signature_pad import LEAST_MOVE, MOST_POINTS, decoded, encoded, extended, pad_width


def test_strokes_travel_as_text_and_come_back() -> None:
    strokes = (((0, 0), (10, 20)), ((500, 100), (505, 120), (510, 130)))
    assert encoded(strokes) == "0,0 10,20;500,100 505,120 510,130"
    assert decoded(encoded(strokes)) == strokes
    assert decoded("") == ()


def test_a_trembling_finger_fills_no_outbox() -> None:
    strokes = extended((((100, 100),),), 100 + LEAST_MOVE - 1, 100)
    assert strokes == (((100, 100),),)
    assert extended(strokes, 100 + LEAST_MOVE, 100) == (((100, 100), (106, 100)),)
    for step in range(3 * MOST_POINTS):
        strokes = extended(strokes, (step * 10) % 1000, step % 400)
    assert sum(map(len, strokes)) == MOST_POINTS
    assert len(encoded(strokes)) < 10_000
    assert extended((), 1, 1) == ()


def test_the_field_fits_a_phone() -> None:
    assert pad_width(360) == 264
    assert pad_width(1280) == 520
