print("a\0b\x1b[31mred\x1b[0m\r\ttab\x7f")
"nul \0 in the result"
