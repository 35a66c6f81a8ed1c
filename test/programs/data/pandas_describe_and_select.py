import pandas as pd

frame = pd.DataFrame({"k": list("abcab"), "x": [1, 2, 3, 4, 5], "y": [2.0, 4.0, 6.0, 8.0, 10.0]})
print(frame.describe().loc[["mean", "std", "50%"]].round(3))
print(frame.query("x > 2 and k != 'c'")["y"].tolist(), frame.loc[frame["x"].idxmax(), "k"])
print(frame.nlargest(2, "y")["x"].tolist(), frame["k"].value_counts().to_dict(), frame.corr(numeric_only=True).loc["x", "y"])
print(frame.iloc[1:3, 1].tolist(), frame.at[0, "k"], frame["x"].isin([1, 5]).sum(), frame["x"].quantile(0.9))
print(frame.select_dtypes("number").apply(lambda column: column.max() - column.min()).to_dict())
print(frame.assign(z=lambda f: f["x"] ** 2).eval("z + y").tolist(), frame["x"].cumsum().iloc[-1], frame["x"].rank().tolist())
frame.shape
