(println "hello glot")
