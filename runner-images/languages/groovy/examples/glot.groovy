println "hello glot"
