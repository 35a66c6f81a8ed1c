import fnmatch
import glob
import os
import shlex

print(shlex.split("""cp "my file.txt" 'it''s' /tmp/x\\ y # note""", comments=True))
print(shlex.quote("it's"), shlex.join(["echo", "a b", "$HOME"]))
for name in ("a.txt", "b.TXT", "c.csv", ".hidden.txt"):
    open(os.path.join("/tmp", name), "w").close()
os.makedirs("/tmp/sub/deep")
open("/tmp/sub/deep/d.txt", "w").close()
print(sorted(glob.glob("*.txt")), sorted(glob.glob("**/*.txt", recursive=True)))
print(fnmatch.filter(["data1.csv", "data22.csv", "x.csv"], "data?.csv"), fnmatch.fnmatchcase("A", "a"))
sorted(name for _, _, files in os.walk("/tmp") for name in files)
