import base64

from cryptography.exceptions import InvalidSignature
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

box = Fernet(base64.urlsafe_b64encode(bytes(32)))
token = box.encrypt_at_time("señal".encode(), 1_700_000_000)
print(box.decrypt(token).decode(), box.extract_timestamp(token))
try:
    Fernet(Fernet.generate_key()).decrypt(token)
except InvalidToken:
    print("another key does not open it")
print(AESGCM(bytes(16)).encrypt(bytes(12), b"text", b"aad").hex())
signer = Ed25519PrivateKey.from_private_bytes(bytes(32))
signature = signer.sign(b"message")
print(signature.hex()[:32])
try:
    signer.public_key().verify(signature, b"massage")
except InvalidSignature:
    print("forged")
len(signature)
