from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

madrid, mexico, tokyo = (ZoneInfo(name) for name in ("Europe/Madrid", "America/Mexico_City", "Asia/Tokyo"))
meeting = datetime(2024, 7, 1, 17, 0, tzinfo=madrid)
for zone in (mexico, tokyo):
    print(zone.key, meeting.astimezone(zone).isoformat())

before = datetime(2024, 3, 31, 1, 59, tzinfo=madrid)
after = (before.astimezone(ZoneInfo("UTC")) + timedelta(minutes=1)).astimezone(madrid)
print(before.utcoffset(), "->", after.isoformat())

ambiguous = datetime(2024, 10, 27, 2, 30, tzinfo=madrid)
print([ambiguous.replace(fold=fold).tzname() for fold in (0, 1)])
try:
    ZoneInfo("Atlantis/Capital")
except ZoneInfoNotFoundError as error:
    print(type(error).__name__)
