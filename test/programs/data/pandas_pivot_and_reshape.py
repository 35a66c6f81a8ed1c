import pandas as pd

scores = pd.DataFrame(
    {
        "student": ["Ana", "Ana", "Bo", "Bo", "Bo"],
        "subject": ["math", "art", "math", "art", "math"],
        "score": [9, 7, 6, 8, 10],
    }
)
table = scores.pivot_table(index="student", columns="subject", values="score", aggfunc="mean", margins=True)
print(table)
print(pd.crosstab(scores["student"], scores["subject"]).to_dict())
long = table.drop(index="All", columns="All").reset_index().melt("student", value_name="mean")
print(long.sort_values(["student", "subject"]).to_csv(index=False), end="")
print(scores.set_index(["student", "subject"]).groupby(level=[0, 1]).max().unstack().loc["Bo"].tolist())
print(pd.get_dummies(scores["subject"], dtype=int).head(2).to_dict("records"))
print(pd.Series([["a", "b"], ["c"]]).explode().tolist())
pd.cut(scores["score"], bins=[0, 6, 8, 10], labels=["low", "mid", "high"]).tolist()
