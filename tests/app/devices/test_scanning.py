"""The screen on top hears a scan once; nobody hears one that was made before."""

from app.devices.scanning import Scan, ScanStream


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
