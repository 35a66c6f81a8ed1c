import re

pattern = re.compile("\d+")
pattern.findall("a1b22")
