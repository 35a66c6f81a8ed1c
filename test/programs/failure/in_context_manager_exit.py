class Transaction:
    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        raise RuntimeError("commit failed")


with Transaction():
    print("inside")
