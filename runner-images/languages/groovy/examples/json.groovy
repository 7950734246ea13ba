import groovy.json.*

def n = new JsonSlurper().parseText(System.in.text).n
println "${args[0]} ${n*.multiply(2)} ${JsonOutput.toJson([sum: n.sum()])}"
