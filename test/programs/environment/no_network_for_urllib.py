import urllib.error
import urllib.request

try:
    urllib.request.urlopen("http://203.0.113.1/", timeout=0.5)
except urllib.error.URLError as error:
    print("refused", isinstance(error.reason, OSError))
