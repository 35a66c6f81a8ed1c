import pandas as pd

frame = pd.DataFrame({"name": ["té", "café"], "units": [3, 2], "day": pd.to_datetime(["2024-01-02", "2024-02-03"])})
frame.to_excel("/tmp/out.xlsx", index=False, sheet_name="Hoja")
again = pd.read_excel("/tmp/out.xlsx", sheet_name="Hoja")
print(again.dtypes["units"].kind, again["day"].dt.month.tolist())
again[["name", "units"]].to_dict("list")
