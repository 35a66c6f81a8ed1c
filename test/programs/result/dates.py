from datetime import date, datetime, timedelta, timezone

{"date": date(2024, 1, 2), "at": datetime(2024, 1, 2, 3, 4, 5), "utc": datetime(2024, 1, 2, tzinfo=timezone.utc), "for": timedelta(hours=1)}
