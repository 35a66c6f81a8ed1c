import pandas as pd

stock = pd.DataFrame({"day": pd.date_range("2024-01-01", periods=8), "price": [10, 11, 9, 12, 15, 14, 13, 16]})
stock["short"], stock["long"] = stock["price"].rolling(2).mean(), stock["price"].rolling(4).mean()
stock["signal"] = (stock["short"] > stock["long"]).astype(int).diff()
print([(row.day.strftime("%d"), "buy" if row.signal > 0 else "sell") for row in stock.itertuples() if abs(row.signal) == 1])
drawdown = stock["price"] / stock["price"].cummax() - 1
print(round(drawdown.min(), 4), stock["price"].ewm(span=3, adjust=False).mean().round(3).tolist()[-1])
print(stock["price"].expanding().max().tolist(), stock.set_index("day")["price"].idxmax().isoformat())
[list(group["price"]) for _, group in stock.groupby(stock.index // 3)]
