"""A request can always be signed with the key of the identity in use."""

from pathlib import Path

from app.store.device_key import DeviceKey
from app.store.keys import FileKeys


async def test_the_key_of_the_identity_in_use_stays_until_the_new_one_is_in_use(tmp_path: Path) -> None:
    key = DeviceKey(FileKeys(tmp_path))
    assert key.signer("one") is None
    await key.keep("one", b"1" * 32)
    first = key.signer("one")
    await key.keep("two", b"2" * 32)
    # The app may end here: whichever identity is in the file, its key is there.
    again = DeviceKey(FileKeys(tmp_path))
    assert first is not None
    assert [signer and signer.public_key for signer in (again.signer("one"),)] == [first.public_key]
    await again.keep_only("two")
    assert again.signer("one") is None
    assert again.signer("two") is not None
    await again.forget()
    assert again.signer("two") is None
