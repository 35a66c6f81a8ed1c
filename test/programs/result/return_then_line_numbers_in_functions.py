def fail():
    raise ValueError("from line 2")


try:
    fail()
except ValueError as error:
    trace = error.__traceback__
    lines = []
    while trace:
        lines.append((trace.tb_lineno, trace.tb_frame.f_code.co_name))
        trace = trace.tb_next
    return lines
