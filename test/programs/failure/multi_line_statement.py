value = max(
    1,
    int("not a number"),
    3,
)
