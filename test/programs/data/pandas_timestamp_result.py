import pandas as pd

return {"when": pd.Timestamp("2024-01-02 03:04"), "how_long": pd.Timedelta(minutes=90), "iso": pd.Timestamp("2024-01-02").isoformat()}
