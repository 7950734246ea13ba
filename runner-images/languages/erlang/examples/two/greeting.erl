-module(greeting).
-export([for/1]).

for(Name) -> "hello " ++ Name.
