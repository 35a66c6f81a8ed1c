"""
Starts processes for the bench and checks what they write: as many at once as there are callers.

Not Node's work: starting a process costs Node 3 ms of processor time and this 0.3, as much as sending a
request. Each line on stdin is an order (JSON: command, environment, output, callers, sliceMs); each is answered by one
on stdout: the latencies in milliseconds and the rate per second, or an error.
"""

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor


def call(order: dict, latencies: list[float]) -> float:
    """One caller. Returns its rate. Raises RuntimeError when an output is not the one expected."""
    expected = order["output"].encode()
    started = sent = time.monotonic()
    count = 0
    while sent < started + order["sliceMs"] / 1000:
        done = subprocess.run(
            order["command"], env=order["environment"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False
        )
        if done.returncode != 0 or done.stdout != expected:
            raise RuntimeError(f"{order['command']} ended with {done.returncode}: {done.stdout[:500]!r}")
        answered = time.monotonic()
        latencies.append((answered - sent) * 1000)
        sent = answered
        count += 1
    return count / (sent - started)


def load(order: dict) -> dict:
    """All callers at once, as `load` in measurement.mjs."""
    latencies: list[float] = []
    with ThreadPoolExecutor(order["callers"]) as callers:
        calls = [callers.submit(call, order, latencies) for _ in range(order["callers"])]
    try:
        return {"latencies": latencies, "perSecond": sum(each.result() for each in calls)}
    except RuntimeError as error:
        return {"error": str(error)}


for line in sys.stdin:
    print(json.dumps(load(json.loads(line))), flush=True)
