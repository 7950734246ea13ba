def hello(who) = "hello #{who}"
