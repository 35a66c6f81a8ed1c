import io

import pandas as pd

frame = pd.DataFrame(
    {"team": ["A", "A", "B", "B"], "quarter": ["Q1", "Q2", "Q1", "Q2"], "sales": [100, 150, 80, 60]}
)
report = frame.pivot(index="team", columns="quarter", values="sales")
report["total"] = report.sum(axis=1)
report["growth"] = ((report["Q2"] / report["Q1"] - 1) * 100).map("{:+.1f}%".format)
print(report.to_html(border=0).count("<tr"))
out = io.StringIO()
report.to_csv(out)
print(out.getvalue())
report.to_json(orient="index")
