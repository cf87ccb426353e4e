"""Part of `scan`: Data Matrix symbols drawn and photographed from seeds, read by the device and by zxing-cpp."""

import time
from typing import Any

import numpy as np

from app.devices import decoding
from app.devices.codes import optional
from app.devices.codes.symbols import DATA_MATRIX
from tests.benchmarks.report import quantile
from tests.support.barcode_pictures import Picture, photographed_matrix

HARDNESS = (0.2, 0.45, 0.7, 0.9)
FIRST_SEED = 640_000


def photographs(count: int) -> dict[str, Any]:
    """How many of `count` photographs at each hardness were read right, what was read wrong, how long it took."""
    read = {f"{name}_{hard}": 0 for name in ("device", "zxing") for hard in HARDNESS}
    wrong, device_ms = 0, []
    for seed in range(FIRST_SEED, FIRST_SEED + count):
        for hard in HARDNESS:
            picture, text = photographed_matrix(np.random.default_rng(seed), hard)
            started = time.perf_counter()
            texts = [code.text for code in decoding.decode_image(picture, allowed={DATA_MATRIX})]
            device_ms.append((time.perf_counter() - started) * 1000)
            read[f"device_{hard}"] += text in texts
            wrong += any(other != text for other in texts)
            read[f"zxing_{hard}"] += text in zxing(picture)
    return {
        "matrix_photographs": count * len(HARDNESS),
        "matrix_device_rate": _rate(read, "device", count),
        "matrix_zxing_rate": _rate(read, "zxing", count),
        "matrix_read": read,
        "matrix_misreads": wrong,
        "matrix_median_ms": round(quantile(device_ms, 0.5), 1),
    }


def zxing(picture: Picture) -> list[str]:
    """Empty where it is not installed."""
    wanted = frozenset({DATA_MATRIX})
    return [claim.text for reader in optional.available() for claim in reader.read(picture, wanted)]


def _rate(read: dict[str, int], name: str, count: int) -> float:
    return round(sum(read[f"{name}_{hard}"] for hard in HARDNESS) / max(1, count * len(HARDNESS)), 4)
