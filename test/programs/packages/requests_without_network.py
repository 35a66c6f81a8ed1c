import requests
from requests.models import PreparedRequest, Response

prepared = requests.Request(
    "POST", "https://api.example.com/v1/items", params={"q": "año nuevo", "page": 2}, json={"a": 1}, auth=("user", "pw")
).prepare()
print(prepared.url, prepared.headers["Authorization"], prepared.body)
answer = Response()
answer.status_code, answer._content, answer.encoding = 404, b'{"error": "gone"}', "utf-8"
print(answer.ok, answer.json())
try:
    answer.raise_for_status()
except requests.HTTPError as error:
    print(error)
try:
    requests.get("http://203.0.113.1/", timeout=0.5)
except requests.exceptions.RequestException as error:
    print("refused:", isinstance(error, (requests.ConnectionError, requests.Timeout)))
request = PreparedRequest()
request.prepare_url("https://example.com/a", {"k": ["1", "2"]})
request.url
