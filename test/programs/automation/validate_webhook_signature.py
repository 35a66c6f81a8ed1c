import hashlib
import hmac
import json

secret = b"s3cr3t"
body = json.dumps({"event": "payment", "amount": 1200}, separators=(",", ":")).encode()
header = "t=1700000000,v1=" + hmac.new(secret, b"1700000000." + body, hashlib.sha256).hexdigest()
parts = dict(part.split("=", 1) for part in header.split(","))
expected = hmac.new(secret, f"{parts['t']}.".encode() + body, hashlib.sha256).hexdigest()
return {"valid": hmac.compare_digest(expected, parts["v1"]), "signature": expected, "event": json.loads(body)["event"]}
