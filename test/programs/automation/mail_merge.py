import csv
import io
from string import Template

template = Template("Hola $name,\nte debemos $$${amount}.\n")
people = csv.DictReader(io.StringIO("name,amount,mail\nJosé,12.50,jose@example.com\nZoë,3.00,zoe@example.com\n"))
messages = [{"to": p["mail"], "body": template.substitute(p)} for p in people]
print(messages[0]["body"], end="")
messages
