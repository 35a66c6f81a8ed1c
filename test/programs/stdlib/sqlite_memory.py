import sqlite3

db = sqlite3.connect(":memory:")
db.row_factory = sqlite3.Row
db.executescript("""
    create table customer(id integer primary key, name text not null unique);
    create table sale(customer_id references customer(id), amount real, day text);
""")
with db:
    db.executemany("insert into customer(name) values (?)", [("Ana",), ("Bo",), ("Çelik",)])
    db.executemany(
        "insert into sale values (:c, :a, :d)",
        [{"c": 1, "a": 10.5, "d": "2024-01-05"}, {"c": 1, "a": 4.5, "d": "2024-02-01"}, {"c": 2, "a": 7, "d": "2024-02-03"}],
    )
try:
    with db:
        db.execute("insert into customer(name) values ('Dora')")
        db.execute("insert into customer(name) values ('Ana')")
except sqlite3.IntegrityError as error:
    print("rolled back:", error)
print([row["name"] for row in db.execute("select name from customer order by name")])
db.create_function("shout", 1, lambda text: text.upper() + "!")
print(db.execute("select shout(name) from customer where id = 3").fetchone()[0])
query = """
    select c.name, coalesce(sum(s.amount), 0) total, count(s.amount) sales,
           rank() over (order by coalesce(sum(s.amount), 0) desc) place
    from customer c left join sale s on s.customer_id = c.id
    group by c.id order by place, c.name
"""
[dict(row) for row in db.execute(query)]
