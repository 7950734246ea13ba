-module(people).
-export([ada/0]).
-include("person.hrl").

ada() -> #person{name = "Ada", age = 36}.
