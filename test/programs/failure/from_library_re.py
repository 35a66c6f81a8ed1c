import re

pattern = re.compile("(unclosed")
