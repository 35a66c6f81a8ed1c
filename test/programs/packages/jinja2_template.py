from jinja2 import DictLoader, Environment, StrictUndefined, UndefinedError

environment = Environment(
    loader=DictLoader(
        {
            "base": "<h1>{% block title %}{% endblock %}</h1>{% block body %}{% endblock %}",
            "page": "{% extends 'base' %}{% block title %}{{ name|upper }}{% endblock %}"
            "{% block body %}{% for item in items if item.price > 1 %}{{ loop.index }}. {{ item.name }}: {{ '%.2f'|format(item.price) }}\n{% else %}empty{% endfor %}{% endblock %}",
        }
    ),
    autoescape=True,
    undefined=StrictUndefined,
)
environment.filters["money"] = lambda value: f"${value:,.0f}"
print(environment.get_template("page").render(name="<Año>", items=[{"name": "té", "price": 2}, {"name": "x", "price": 1}]))
print(environment.from_string("{{ 12345|money }} {{ [3,1,2]|sort|join('-') }} {%- set x = 5 %}{{ x * 2 }}").render())
try:
    environment.from_string("{{ missing }}").render()
except UndefinedError as error:
    print(error)
