\ The dictionary that programs start with: pforth's own, with room for more than 40 kB of them, silent about include.
0 trace-include !
8000000 code-size !
1000000 headers-size !

\ pforth's echoes what it reads, terminal or not; there is none here.
: accept ( address most -- count )
  0
  begin 2dup > while
    key dup 10 = over 0< or if drop nip nip exit then
    3 pick 2 pick + c!
    1+
  repeat
  nip nip
;

c" forth.dic" save-forth
