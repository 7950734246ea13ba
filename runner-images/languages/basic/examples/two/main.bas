import greeting

print hello$("two")
