import os
import sqlite3
from contextlib import closing

path = "/tmp/inventory.db"
with closing(sqlite3.connect(path)) as db:
    db.execute("pragma journal_mode = wal").fetchone()
    db.execute("create table item(sku text primary key, stock integer check (stock >= 0), data json)")
    db.execute("""insert into item values ('A-1', 3, '{"colour": "red", "sizes": [1, 2]}')""")
    db.commit()
with closing(sqlite3.connect(path)) as db, closing(sqlite3.connect(path)) as other:
    db.execute("update item set stock = stock - 2")
    print("uncommitted, seen by another:", other.execute("select stock from item").fetchone())
    db.commit()
    print("committed, seen by another:", other.execute("select stock from item").fetchone())
    try:
        db.execute("update item set stock = stock - 2")
    except sqlite3.IntegrityError as error:
        print(error)
    db.rollback()
    print(db.execute("select json_extract(data, '$.sizes[1]') from item").fetchone())
    backup = sqlite3.connect(":memory:")
    db.backup(backup)
    print(backup.execute("select count(*) from item").fetchone()[0])
os.path.getsize(path) > 0
