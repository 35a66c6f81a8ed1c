import textwrap

text = (
    "The sandbox runs one program at a time and forgets everything about it afterwards, "
    "which makes for short and rather boring paragraphs."
)
print(textwrap.fill(text, width=40, initial_indent="* ", subsequent_indent="  "))
print(textwrap.shorten(text, width=50, placeholder=" …"))
print(textwrap.dedent("""
    def f():
        return 1
""").strip())
print(textwrap.indent("one\n\ntwo", "> ", lambda line: True))
len(textwrap.wrap(text, 20))
