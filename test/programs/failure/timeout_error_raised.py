raise TimeoutError("the API took too long")
