import pandas as pd

frame = pd.DataFrame({"a": [1]})
print("columns:", list(frame.columns))
frame["missing"]
