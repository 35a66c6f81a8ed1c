import pandas as pd

index = pd.date_range("2024-01-30", periods=6, freq="12h")
series = pd.Series([1, 2, 3, 4, 5, 6], index=index)
print(series.resample("D").sum())
print(series.resample("MS").mean().to_dict() == {pd.Timestamp("2024-01-01"): 2.5, pd.Timestamp("2024-02-01"): 5.5})
print(series.rolling(3).mean().dropna().tolist(), series.shift(1).iloc[-1], series.pct_change().iloc[1])
print(series["2024-01-31"].tolist(), series.between_time("06:00", "18:00").tolist())
local = pd.Timestamp("2024-03-31 00:30", tz="Europe/Madrid")
print(local + pd.Timedelta(hours=2), local.tz_convert("UTC"))
print(pd.to_datetime(["2024-12-25", "bad"], errors="coerce").isna().tolist(), pd.Timestamp("2024-02-29").quarter)
print(pd.bdate_range("2024-05-03", periods=3).strftime("%a %d").tolist(), pd.Period("2024-02").days_in_month)
series.resample("D").max().rename(lambda day: f"{day:%Y-%m-%d}").to_dict()
