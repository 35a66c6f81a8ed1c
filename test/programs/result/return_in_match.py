command = "go north"
match command.split():
    case ["go", direction]:
        return direction
    case _:
        return "lost"
