import pandas as pd

frame = pd.DataFrame({"id": [1, 2], "score": [0.5, None], "name": ["a", None]}).astype({"name": object})
frame.to_dict("records")
