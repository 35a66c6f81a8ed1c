import random
import secrets
import uuid

print(uuid.uuid5(uuid.NAMESPACE_DNS, "example.com"), uuid.uuid3(uuid.NAMESPACE_URL, "x"))
one, two = uuid.uuid4(), uuid.uuid4()
print(one != two, one.version, len(str(one)), uuid.UUID(bytes=one.bytes) == one)
print(uuid.UUID("12345678123456781234567812345678").urn)

print(len(secrets.token_hex(8)), secrets.token_bytes(4) != secrets.token_bytes(4), secrets.choice([5]))

random.seed(42)
print(random.randint(1, 100), random.random(), random.choice("abcdef"))
deck = list(range(10))
random.shuffle(deck)
print(deck, random.sample(range(100), 3), random.choices("HT", weights=[3, 1], k=6))
print(round(random.gauss(0, 1), 6), random.getrandbits(40))
state = random.getstate()
first = random.random()
random.setstate(state)
first == random.random()
