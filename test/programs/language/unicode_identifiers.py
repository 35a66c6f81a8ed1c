año = 2024
π = 3.14159
名前 = "太郎"


def größe(ä, *, ß=1):
    return ä + ß


print(año, π, 名前, größe(1, ß=2))
print("tab\tquote\"backslash\\ null\0 bell\a")
{"año": año, "名前": 名前, "emoji": "🐍", "control": "\x00\x1f\x7f\u2028"}
