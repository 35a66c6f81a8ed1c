import bz2
import gzip
import io
import lzma
import zlib

text = ("línea repetida de un registro\n" * 500).encode()
for module in (zlib, bz2, lzma, gzip):
    packed = module.compress(text)
    print(module.__name__, len(packed) < len(text) / 10, module.decompress(packed) == text)

with gzip.open("/tmp/log.gz", "wt", encoding="utf-8") as out:
    out.write("uno\ndos\n")
with gzip.open("/tmp/log.gz", "rt", encoding="utf-8") as source:
    print(source.read().split())

stream = zlib.decompressobj()
pieces = [stream.decompress(part) for part in (zlib.compress(text)[:40], zlib.compress(text)[40:])]
print(b"".join(pieces) == text)
try:
    gzip.GzipFile(fileobj=io.BytesIO(b"not gzip")).read()
except gzip.BadGzipFile as error:
    print(error)
