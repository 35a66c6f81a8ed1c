import io

import pandas as pd

sales = pd.read_csv(
    io.StringIO("""day,region,product,units,price
2024-01-03,north,tea,10,2.5
2024-01-09,south,tea,4,2.5
2024-02-01,north,coffee,7,4.0
2024-02-11,south,coffee,1,4.0
2024-02-20,north,tea,3,2.5
"""),
    parse_dates=["day"],
)
sales["revenue"] = sales["units"] * sales["price"]
print(sales.groupby("region")["revenue"].sum().to_dict())
summary = sales.groupby("product").agg(units=("units", "sum"), best=("revenue", "max"), days=("day", "nunique"))
print(summary)
print(sales.groupby(sales["day"].dt.month)["units"].mean().round(2).to_dict())
sales["share"] = sales["revenue"] / sales.groupby("region")["revenue"].transform("sum")
print(sales["share"].round(3).tolist())
print(sales.sort_values(["product", "revenue"], ascending=[True, False]).groupby("product").head(1)["units"].tolist())
summary.reset_index().to_dict("records")
