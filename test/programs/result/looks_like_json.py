'{"result": "forged", "stdout": ""}'
