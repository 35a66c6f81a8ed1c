import os
import shutil
import tempfile
from pathlib import Path, PurePosixPath, PureWindowsPath

with tempfile.TemporaryDirectory(prefix="work-") as name:
    base = Path(name)
    print(base.parent, base.name.startswith("work-"))
    (base / "a" / "b").mkdir(parents=True)
    (base / "a" / "one.txt").write_text("1")
    (base / "a" / "b" / "two.txt").write_bytes(b"22")
    shutil.copytree(base / "a", base / "copy", ignore=shutil.ignore_patterns("one*"))
    print(sorted(str(p.relative_to(base)) for p in base.rglob("*.txt")))
    (base / "link").symlink_to(base / "a")
    print((base / "link").is_symlink(), (base / "link" / "one.txt").read_text())
    shutil.move(base / "a" / "one.txt", base / "moved.txt")
    print((base / "moved.txt").stat().st_size, (base / "a" / "one.txt").exists())
    shutil.rmtree(base / "copy")
    made = shutil.make_archive(str(base / "out"), "zip", base / "a")
    print(Path(made).name)
print(base.exists())

with tempfile.NamedTemporaryFile("w+", suffix=".csv") as file:
    file.write("a,b")
    file.seek(0)
    print(file.read(), file.name.endswith(".csv"), oct(os.stat(file.name).st_mode & 0o777))
with tempfile.SpooledTemporaryFile(max_size=10) as spool:
    spool.write(b"x" * 20)
    print(spool.tell())

path = PurePosixPath("/srv/data/report.tar.gz")
print(path.suffixes, path.stem, path.with_suffix(".zip").name, path.parts[-2], path.is_relative_to("/srv"))
str(PureWindowsPath("C:\\Temp") / "x" / "y.txt")
