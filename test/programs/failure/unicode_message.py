raise ValueError("ñandú 🐦 no encontrado")
