print("Hola Mundo")
return {"answer": 42, "text": "sí", "list": [1, 2.5, None, True]}
