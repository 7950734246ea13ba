println Greeting.of("two")
