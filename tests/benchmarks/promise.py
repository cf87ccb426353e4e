"""`promise`: a basket of three lines to a customer's address over 300 locations and six methods, over HTTP.

The floor is FastAPI's bare POST (read, validate, answer) at the same concurrency. Both are uvicorn processes with one
worker; rounds alternate, every ratio is of two neighbouring rounds, and the median of them counts.

Every basket is new, to one of 40 towns: no answer is kept, and `asked_before` says what share of all questions had been
asked before.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import FastAPI

from tests.benchmarks.load import Round, bare_app, drive, post, serving
from tests.benchmarks.promise_network import baskets, fill
from tests.benchmarks.report import Budget, Report, quantile

LOCATIONS, SKUS = 300, 400
CONCURRENCY = 8
ROUNDS, FLOOR_REQUESTS, REQUESTS = 7, 3_000, 1_200
BUDGETS = {"p95_vs_post": Budget(at_most=5.0), "throughput_vs_post": Budget(at_least=0.15)}


def core_app(url: str) -> FastAPI:
    from core.bootstrap import settled
    from core.http.app import create_app
    from core.store.database import Database

    return settled(create_app(Database(url)))


def run(locations: int = LOCATIONS, skus: int = SKUS, rounds: int = ROUNDS, share: float = 1.0) -> Report:
    """`share` of the usual number of requests."""
    with TemporaryDirectory(prefix="comptoir-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'core.db'}"
        key = _fill(url, locations, skus)
        bearer = {"Authorization": f"Bearer {key}"}
        bare = [post("/orders", basket) for basket in baskets(500, skus)]

        def promise(number: int) -> list[bytes]:
            return [post("/v1/promise", basket, bearer) for basket in baskets(count, skus, seed=number)]

        count = int(REQUESTS * share)
        pairs: list[tuple[Round, Round]] = []
        asked: list[bytes] = []
        with serving(bare_app) as floor_port, serving(core_app, url) as core_port:
            drive(floor_port, bare, CONCURRENCY, int(500 * share))
            drive(core_port, promise(0), CONCURRENCY, int(500 * share))
            for number in range(1, rounds + 1):
                floor = drive(floor_port, bare, CONCURRENCY, int(FLOOR_REQUESTS * share))
                questions = promise(number)
                asked += questions
                pairs.append((floor, drive(core_port, questions, CONCURRENCY, count)))
    size = {"locations": locations, "skus": skus, "methods": 6, "concurrency": CONCURRENCY}
    return _report(pairs, size | {"asked_before": round(1 - len(set(asked)) / len(asked), 4)})


def _fill(url: str, locations: int, skus: int) -> str:
    from core.store.database import Database

    database = Database(url)
    database.upgrade()
    key = fill(database, locations, skus)
    database.close()
    return key


def _report(pairs: list[tuple[Round, Round]], figures: dict[str, float]) -> Report:
    def median(values: list[float]) -> float:
        return round(quantile(values, 0.5), 3)

    for name, side in (("post", 0), ("promise", 1)):
        figures[f"{name}_per_s"] = median([pair[side].per_s for pair in pairs])
        for share, word in ((0.5, "median"), (0.95, "p95")):
            figures[f"{name}_{word}_ms"] = median([quantile(pair[side].latencies_ms, share) for pair in pairs])
    p95 = [quantile(own.latencies_ms, 0.95) / quantile(floor.latencies_ms, 0.95) for floor, own in pairs]
    ratios = {
        "p95_vs_post": median(p95),
        "throughput_vs_post": median([own.per_s / floor.per_s for floor, own in pairs]),
    }
    return Report("promise", figures, ratios, BUDGETS)
