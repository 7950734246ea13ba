exports.hello = (who) => "hello " + who
