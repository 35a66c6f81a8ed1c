from jsonschema import Draft202012Validator, ValidationError, validate

schema = {
    "type": "object",
    "properties": {"id": {"type": "integer", "minimum": 1}, "tags": {"type": "array", "items": {"enum": ["a", "b"]}, "uniqueItems": True}},
    "required": ["id"],
    "additionalProperties": False,
}
validate({"id": 5, "tags": ["a"]}, schema)
try:
    validate({"tags": []}, schema)
except ValidationError as error:
    print(error.message)
problems = Draft202012Validator(schema).iter_errors({"id": 0, "tags": ["a", "c"], "more": 1})
sorted("/".join(map(str, problem.absolute_path)) + ": " + problem.message for problem in problems)
