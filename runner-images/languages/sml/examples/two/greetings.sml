structure Greetings =
struct
  fun greet name = print ("hello " ^ name ^ "\n")
end
