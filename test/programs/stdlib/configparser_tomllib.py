import configparser
import io
import tomllib

config = configparser.ConfigParser(interpolation=configparser.ExtendedInterpolation())
config.read_string("""
[paths]
base = /srv
data = ${base}/data
[server]
debug = yes
workers = 4
ratio: 0.5
""")
print(config["paths"]["data"], config.getboolean("server", "debug"), config.getint("server", "workers"))
print(config.sections(), config.get("server", "missing", fallback="default"), config["server"].getfloat("ratio"))
out = io.StringIO()
config.remove_section("paths")
config.write(out)
print(out.getvalue())
tomllib.loads("""
title = "demo"
[owner]
since = 1979
[[servers]]
ip = "10.0.0.1"
roles = ["web", "db"]
[[servers]]
ip = "10.0.0.2"
ports = { http = 80, https = 443 }
""")
