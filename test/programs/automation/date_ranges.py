from datetime import date, datetime, timedelta, timezone

today = date(2024, 5, 17)
start_of_week = today - timedelta(days=today.weekday())
end_of_month = (today.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
business_days = [d for d in (today + timedelta(days=n) for n in range(10)) if d.weekday() < 5]
due = datetime(2024, 5, 17, 18, 30, tzinfo=timezone.utc) + timedelta(hours=36)
result = {
    "week": [str(start_of_week), str(start_of_week + timedelta(days=6))],
    "month_end": end_of_month.isoformat(),
    "business_days": len(business_days),
    "due": due.isoformat().replace("+00:00", "Z"),
    "epoch_ms": int(due.timestamp() * 1000),
}
result
