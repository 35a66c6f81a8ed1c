[float("inf"), -float("inf"), {"nested": float("nan")}]
