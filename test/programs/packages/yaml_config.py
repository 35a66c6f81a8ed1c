import yaml

text = """
service: &defaults
  replicas: 2
  image: "app:1.0"
  env: [A=1, B=2]
staging:
  <<: *defaults
  replicas: 1
  since: 2024-05-17
  note: |
    línea uno
    línea dos
"""
config = yaml.safe_load(text)
print(config["staging"]["replicas"], config["staging"]["image"], config["staging"]["since"].isoformat())
print(yaml.safe_dump({"b": [1, {"c": None}], "a": "ñ"}, allow_unicode=True, sort_keys=False), end="")
print(len(list(yaml.safe_load_all("a: 1\n---\nb: 2\n"))))
try:
    yaml.safe_load("a: [1, 2")
except yaml.YAMLError as error:
    print(type(error).__name__)
try:
    yaml.safe_load("!!python/object/apply:os.system ['true']")
except yaml.constructor.ConstructorError:
    print("refused")
config["staging"]["note"]
