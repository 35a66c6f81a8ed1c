from datetime import datetime

import pytz

bogota = pytz.timezone("America/Bogota")
print(bogota.localize(datetime(2024, 5, 17, 9)).astimezone(pytz.utc).isoformat())
madrid = pytz.timezone("Europe/Madrid")
try:
    madrid.localize(datetime(2024, 3, 31, 2, 30), is_dst=None)
except pytz.NonExistentTimeError as error:
    print("no such time:", error)
madrid.normalize(madrid.localize(datetime(2024, 3, 31, 1, 30)) + __import__("datetime").timedelta(hours=1)).isoformat()
