class AppError(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def run(step):
    try:
        if step == 0:
            return "returned"
        if step == 1:
            raise AppError(42, "application")
        if step == 2:
            int("x")
    except AppError as error:
        return f"caught {error.code} {error}"
    except (ValueError, TypeError) as error:
        return f"caught {type(error).__name__}: {error}"
    else:
        return "else"
    finally:
        print("finally", step)


for step in range(4):
    print(run(step))
try:
    try:
        {}["k"]
    except KeyError as error:
        raise RuntimeError("wrapped") from error
except RuntimeError as error:
    print(repr(error.__cause__), error.__suppress_context__)
try:
    raise ExceptionGroup("several", [ValueError(1), TypeError(2), ExceptionGroup("deeper", [ValueError(3)])])
except* ValueError as group:
    print([str(e) for e in group.exceptions])
except* TypeError as group:
    print(group.exceptions)
assert True, "never shown"
