import json

payload = '{"a" 1}'
json.loads(payload)
