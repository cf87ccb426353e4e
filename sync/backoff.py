"""How long to wait before the next try: growing, random, so that a thousand tablets do not come back as one.

Decorrelated jitter: uniform between one second and three times the last delay (three seconds at first: the first try
after a core has died is where all tablets meet), at most a minute
(https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
"""

SHORTEST_S = 1.0
LONGEST_S = 60.0


def next_delay(last_s: float, random: float, retry_after_s: float | None = None) -> float:
    """Seconds. `last_s`: the delay before, 0 after a success; `random`: 0 to 1; what the core asks for is the least.

    A core that says when knows how much it has to do: the delay does not grow beside what it asks for.
    """
    widest = 3 * (SHORTEST_S if retry_after_s else max(SHORTEST_S, last_s))
    delay = min(LONGEST_S, SHORTEST_S + random * (widest - SHORTEST_S))
    return delay if retry_after_s is None else max(delay, retry_after_s)
