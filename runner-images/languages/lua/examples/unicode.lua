local text = "π≈3.14"
print(utf8.len("π≈3.1"), text)
