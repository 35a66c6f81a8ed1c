import base64
import gzip
import json

payload = {"file": base64.b64encode(gzip.compress("línea 1\nlínea 2\n".encode(), mtime=0)).decode()}
content = gzip.decompress(base64.b64decode(payload["file"])).decode()
return {"lines": content.splitlines(), "bytes": len(content.encode()), "json": json.dumps(content)}
