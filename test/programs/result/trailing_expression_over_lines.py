{
    "a": [
        1,
        2,
    ],
    "b": """x
y""",
}

# a comment after it
