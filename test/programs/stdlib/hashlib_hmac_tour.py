import hashlib
import hmac
import zlib

message = "contraseña".encode()
for name in ("md5", "sha1", "sha256", "sha3_256", "blake2b"):
    print(name, hashlib.new(name, message).hexdigest()[:32])
print(hashlib.pbkdf2_hmac("sha256", b"pw", b"salt", 1000).hex())
print(hashlib.scrypt(b"pw", salt=b"salt", n=16, r=8, p=1, dklen=16).hex())
signature = hmac.new(b"key", message, "sha256").hexdigest()
print(signature, hmac.compare_digest(signature, signature))
print(zlib.crc32(message), zlib.adler32(message))
rolling = hashlib.sha256()
for chunk in (b"contrase", "ña".encode()):
    rolling.update(chunk)
rolling.hexdigest() == hashlib.sha256(message).hexdigest()
