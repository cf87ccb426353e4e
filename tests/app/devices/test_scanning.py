"""The screen on top hears a scan once; one that nobody hears is held, then told; how long it took is known."""

import asyncio
from itertools import count

from app.devices.scanning import CHANGING_S, OPENING_S, Latency, Scan, ScanStream, latency


async def test_the_last_listener_hears_alone_until_it_stops() -> None:
    stream, heard = ScanStream(), []

    async def over(scan: Scan) -> None:
        heard.append(f"over {scan.text}")

    stream.subscribe(lambda scan: heard.append(f"under {scan.text}"))
    stop = stream.subscribe(over)
    await stream.publish(Scan("1", "wedge"))
    stop()
    stop()
    await stream.publish(Scan("2", "wedge"))
    assert heard == ["over 1", "under 2"]


async def test_a_screen_that_is_not_on_top_hears_nothing() -> None:
    stream, heard, on_top = ScanStream(), [], "over"
    stream.subscribe(lambda scan: heard.append(f"under {scan.text}"), lambda: on_top == "under")
    stream.subscribe(lambda scan: heard.append(f"over {scan.text}"), lambda: on_top == "over")
    await stream.publish(Scan("1", "wedge"))
    on_top = "under"
    await stream.publish(Scan("2", "wedge"))
    assert heard == ["over 1", "under 2"]


async def test_codes_between_two_screens_are_held_in_their_order() -> None:
    heard: list[str] = []
    told: list[str] = []
    stream = ScanStream(unheard=lambda scan: told.append(scan.text))
    stream.subscribe(lambda scan: heard.append("left screen"), lambda: False)
    async with asyncio.TaskGroup() as scanner:
        for text in "12":
            scanner.create_task(stream.publish(Scan(text, "wedge")))
        await asyncio.sleep(0.05)
        assert heard == []
        stream.subscribe(lambda scan: heard.append(scan.text))
    assert (heard, told) == (["1", "2"], [])


async def test_a_code_that_no_screen_takes_is_told_sooner_where_screens_are() -> None:
    waits: list[float] = []
    for screens in (0, 1):
        ticks = count(step=100.0)
        told: list[Scan] = []
        stream = ScanStream(ticks.__next__, told.append)
        for _ in range(screens):
            stream.subscribe(lambda _scan: None, lambda: False)
        await stream.publish(Scan("1", "wedge"))
        assert told == [Scan("1", "wedge")]
        assert not stream.timed
        waits.append(next(ticks) / 1000 - 0.1)
    assert waits == [OPENING_S, CHANGING_S]


async def test_what_a_scan_took_is_kept_in_two_parts() -> None:
    clock_ms = 1000.0
    stream = ScanStream(lambda: clock_ms)
    again: list[bool] = []

    async def answer(_scan: Scan) -> None:
        nonlocal clock_ms
        await asyncio.sleep(0)
        assert stream.current is not None
        again.append(stream.current.again)
        clock_ms += 12

    stream.subscribe(answer)
    await stream.publish(Scan("1", "camera", "EAN-13", "zbar", taken_ms=900.0))
    await stream.publish(Scan("1", "camera", "EAN-13", "zbar", again=True))
    camera, button = stream.timed
    assert (camera.read_ms, camera.answer_ms, camera.whole_ms, camera.decoder) == (100.0, 12.0, 112.0, "zbar")
    assert (button.read_ms, button.answer_ms) == (None, 12.0)
    assert again == [False, True]
    assert stream.current is None
    assert latency([one.whole_ms for one in stream.timed]) == Latency(2, 62.0, 112.0)
    assert latency([]) is None


async def test_the_last_fifty_are_kept() -> None:
    stream = ScanStream()
    stream.subscribe(lambda _scan: None)
    for number in range(60):
        await stream.publish(Scan(str(number), "wedge"))
    assert len(stream.timed) == 50
