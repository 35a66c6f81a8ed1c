from string import Template
from textwrap import dedent, indent

fields = {"name": "str", "age": "int", "email": "str | None"}
body = "\n".join(f"{name}: {kind}" + (" = None" if "None" in kind else "") for name, kind in fields.items())
source = Template(
    dedent("""\
    from dataclasses import dataclass

    @dataclass
    class $class_name:
    $body
    """)
).substitute(class_name="Person", body=indent(body, "    "))
print(source)
namespace = {"__name__": "generated"}
exec(source, namespace)
person = namespace["Person"]("Ana", 30)
print(person, person.__class__.__module__)
vars(person)
