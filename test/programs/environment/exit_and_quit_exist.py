import builtins

print(callable(exit), callable(quit), callable(copyright), hasattr(builtins, "help"))
exit()
