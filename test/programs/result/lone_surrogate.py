text = "half a pair: \ud83d."
text
