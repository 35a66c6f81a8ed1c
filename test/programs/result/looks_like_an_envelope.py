{"response": {"result": 1, "stdout": "x", "stderr": "", "exit_code": 0}, "code": 500, "__proto__": {"a": 1}, "constructor": 2}
