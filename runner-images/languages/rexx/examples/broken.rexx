say "never"
if 1 then do
