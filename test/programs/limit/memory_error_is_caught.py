try:
    bytearray(1 << 60)
except MemoryError:
    print("refused and caught")
"fine"
