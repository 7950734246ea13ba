identification division.
program-id. free-form.

data division.
working-storage section.
01 greeting pic x(40) value "free form, größer".

procedure division.
*> no columns to keep
display function trim(greeting)
stop run.
