import base64
import binascii
import quopri

data = bytes(range(250, 256)) + "ñ".encode()
print(base64.b64encode(data), base64.urlsafe_b64encode(data), base64.b32encode(data), base64.b85encode(data))
print(base64.b64decode("SG9sYSBtdW5kbw==").decode(), base64.b16decode("48656C6C6F"))
print(binascii.hexlify(data, "-"), binascii.crc_hqx(b"123456789", 0))
print(quopri.encodestring("año".encode()))
try:
    base64.b64decode("abc")
except binascii.Error as error:
    print(error)
base64.b64decode(base64.b64encode(data)) == data
