"""Writes the sounds a scan answers with. They are told apart by pitch and rhythm, so that they work through noise:
ok is one high note, again (the same code once more) two short high ones, warn two equal ones in the middle, error two
falling low ones. An offer is three rising ones."""

import math
import struct
import wave
from pathlib import Path

RATE_HZ = 22_050
SOUNDS = {
    "ok": [(1320, 0.09)],
    "again": [(1320, 0.05), (0, 0.03), (1568, 0.07)],
    "warn": [(740, 0.09), (0, 0.05), (740, 0.09)],
    "error": [(330, 0.14), (0, 0.04), (196, 0.26)],
    "offer": [(523, 0.12), (659, 0.12), (784, 0.3)],
}


def samples(notes: list[tuple[int, float]]) -> bytes:
    """Notes are (frequency in Hz, seconds); 0 Hz is silence. 16-bit mono, with soft edges against clicks."""
    pressed: list[int] = []
    for frequency_hz, seconds in notes:
        count = int(RATE_HZ * seconds)
        for at in range(count):
            edge = min(1.0, at / 200, (count - at) / 200)
            wave_form = math.sin(2 * math.pi * frequency_hz * at / RATE_HZ)
            overtone = 0.3 * math.sin(6 * math.pi * frequency_hz * at / RATE_HZ)
            pressed.append(int(22_000 * edge * (wave_form + overtone) / 1.3))
    return struct.pack(f"<{len(pressed)}h", *pressed)


def write_sounds(folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, notes in SOUNDS.items():
        path = folder / f"{name}.wav"
        with wave.open(str(path), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(RATE_HZ)
            sound.writeframes(samples(notes))
        written.append(path)
    return written


if __name__ == "__main__":
    for written_path in write_sounds(Path(__file__).resolve().parent.parent / "assets" / "sounds"):
        print(written_path)
