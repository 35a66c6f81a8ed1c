while True:
    try:
        raise ValueError
    except BaseException:
        continue
