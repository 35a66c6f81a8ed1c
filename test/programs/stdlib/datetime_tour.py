from datetime import date, datetime, timedelta, timezone

start = datetime(2024, 2, 28, 23, 30, tzinfo=timezone.utc)
print((start + timedelta(hours=25)).isoformat())
print(start.astimezone(timezone(timedelta(hours=-6), "CST")).strftime("%Y-%m-%d %H:%M %Z%z"))
print(datetime.fromisoformat("2024-03-10T08:15:30.250+02:00").astimezone(timezone.utc))
print(datetime.strptime("05/Mar/2024:14:02:11 +0100", "%d/%b/%Y:%H:%M:%S %z").timestamp())
print(tuple(date(2024, 12, 30).isocalendar()))
print((date(2024, 12, 25) - date(2024, 2, 29)).days)
print(date.fromordinal(738_000), date(2023, 1, 1).strftime("%A %j week %W"))
print(timedelta(days=1.5, minutes=-10), timedelta(hours=50) // timedelta(hours=7))
quarters = [date(2024, month, 1) for month in (1, 4, 7, 10)]
return [f"{day:%b %Y}" for day in quarters]
