"""The screen on top hears a scan once; nobody hears one that was made before; how long it took is known."""

import asyncio

from app.devices.scanning import Latency, Scan, ScanStream, latency


async def test_the_last_listener_hears_alone_until_it_stops() -> None:
    stream, heard = ScanStream(), []
    await stream.publish(Scan("lost", "wedge"))

    async def over(scan: Scan) -> None:
        heard.append(f"over {scan.text}")

    stream.subscribe(lambda scan: heard.append(f"under {scan.text}"))
    stop = stream.subscribe(over)
    await stream.publish(Scan("1", "wedge"))
    stop()
    stop()
    await stream.publish(Scan("2", "wedge"))
    assert heard == ["over 1", "under 2"]


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


async def test_the_last_fifty_are_kept_and_nobody_hears_is_not_timed() -> None:
    stream = ScanStream()
    await stream.publish(Scan("lost", "wedge"))
    assert not stream.timed
    stream.subscribe(lambda _scan: None)
    for number in range(60):
        await stream.publish(Scan(str(number), "wedge"))
    assert len(stream.timed) == 50
