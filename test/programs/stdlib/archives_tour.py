import io
import tarfile
import zipfile
from pathlib import Path

root = Path("/tmp/project")
(root / "docs").mkdir(parents=True)
(root / "main.py").write_text("print('hi')\n")
(root / "docs" / "léeme.txt").write_text("hola\n", encoding="utf-8")

with zipfile.ZipFile("/tmp/project.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    for path in sorted(root.rglob("*")):
        if path.is_file():
            archive.write(path, path.relative_to(root))
with zipfile.ZipFile("/tmp/project.zip") as archive:
    print(archive.namelist(), archive.testzip(), archive.read("docs/léeme.txt").decode().strip())

with tarfile.open("/tmp/project.tar.gz", "w:gz") as archive:
    archive.add(root, arcname="project")
    note = tarfile.TarInfo("project/note")
    note.size = 4
    archive.addfile(note, io.BytesIO(b"note"))
with tarfile.open("/tmp/project.tar.gz") as archive:
    print(sorted(archive.getnames()))
    archive.extractall("/tmp/unpacked", **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
sorted(str(path.relative_to("/tmp/unpacked")) for path in Path("/tmp/unpacked").rglob("*") if path.is_file())
