"oops\n" | stderr | empty
