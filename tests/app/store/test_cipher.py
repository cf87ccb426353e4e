import os

from app.store.cipher import decrypt, encrypt

KEY = bytes(range(32))


def test_a_text_opens_with_its_key_for_what_it_is_about_and_else_not_at_all() -> None:
    text = encrypt(KEY, "order:1", b"Ada", os.urandom)
    assert decrypt(KEY, "order:1", text) == b"Ada"
    assert decrypt(KEY, "order:2", text) is None
    assert decrypt(bytes(32), "order:1", text) is None
    for broken in (text[:-4], "", "é", "????", "AAAA", text.replace(text[20], "!")):
        assert decrypt(KEY, "order:1", broken) is None


def test_the_same_text_is_never_the_same_twice() -> None:
    assert len({encrypt(KEY, "a", b"Ada", os.urandom) for _ in range(50)}) == 50
