def convert(text):
    return float(text)


rows = [convert(text) for text in ("1.5", "n/a")]
