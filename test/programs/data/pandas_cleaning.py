import io

import pandas as pd

raw = """Name ; Age;Salary ; Joined
 ana LÓPEZ ;34; 1.234,50 ;01/02/2023
Bo  Smith;;2.000,00;15/03/2022
 ana LÓPEZ ;34; 1.234,50 ;01/02/2023
Çelik;n/a;;31/12/2021
"""
frame = pd.read_csv(io.StringIO(raw), sep=";", thousands=".", decimal=",", skipinitialspace=True, na_values=["n/a"])
frame.columns = frame.columns.str.strip().str.lower()
frame["name"] = frame["name"].str.strip().str.title().str.replace(r"\s+", " ", regex=True)
if frame["salary"].dtype.kind != "f":
    salary = frame["salary"].astype("string").str.strip().str.replace(".", "").str.replace(",", ".")
    frame["salary"] = pd.to_numeric(salary)
frame = frame.drop_duplicates()
frame["joined"] = pd.to_datetime(frame["joined"], dayfirst=True)
print(frame.isna().sum().to_dict())
frame["age"] = frame["age"].fillna(frame["age"].median()).astype(int)
frame["salary"] = frame["salary"].fillna(0)
print(frame.to_string(index=False))
print(frame["name"].str.split().str[0].tolist(), frame["name"].str.contains("ó").tolist())
frame.assign(joined=frame["joined"].dt.strftime("%Y-%m-%d")).to_dict("records")
