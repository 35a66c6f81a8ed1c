import os

suspicious = [name for name in os.environ if any(word in name.upper() for word in ("KEY", "SECRET", "TOKEN", "PASSWORD", "REDIS"))]
print(suspicious)
os.environ["MADE_HERE"] = "1"
os.popen("echo $MADE_HERE").read()
