call lineout "<stderr>", "oops"
