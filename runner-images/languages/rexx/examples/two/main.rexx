say "greeting.rexx"("two")
