import calendar
import time

print(calendar.month(2024, 2), end="")
print(calendar.isleap(2100), calendar.monthrange(2024, 6)[1], calendar.weekday(2024, 1, 1))
print([day for day in calendar.Calendar().itermonthdays(2024, 9) if day][:3])
moment = time.gmtime(1_700_000_000)
print(time.strftime("%Y-%m-%dT%H:%M:%SZ", moment), calendar.timegm(moment))
print(time.strptime("30 Nov 00", "%d %b %y").tm_yday)
before = time.perf_counter_ns()
time.sleep(0.01)
elapsed = time.perf_counter_ns() - before
print(elapsed >= 10_000_000, elapsed < 5_000_000_000, time.time() > 1_700_000_000, time.monotonic() > 0)
list(calendar.day_abbr)
