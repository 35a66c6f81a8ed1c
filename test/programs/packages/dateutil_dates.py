from datetime import datetime

from dateutil import parser, tz
from dateutil.relativedelta import MO, relativedelta
from dateutil.rrule import MONTHLY, WEEKLY, rrule

print(parser.parse("Fri, 17 May 2024 18:30:00 +0200").isoformat(), parser.parse("17/05/2024", dayfirst=True).date())
print(datetime(2024, 1, 31) + relativedelta(months=1), relativedelta(datetime(2024, 5, 17), datetime(1990, 8, 1)).years)
print((datetime(2024, 5, 17) + relativedelta(weekday=MO(+1))).date())
print([d.day for d in rrule(MONTHLY, count=3, bymonthday=-1, dtstart=datetime(2024, 1, 1))])
print(len(list(rrule(WEEKLY, dtstart=datetime(2024, 1, 1), until=datetime(2024, 2, 1)))))
datetime(2024, 7, 1, 12, tzinfo=tz.UTC).astimezone(tz.gettz("Europe/Madrid")).isoformat()
