import json

print(json.dumps({"a": "π"}))
print([x * x for x in range(1, 4)])
