import groovy.json.JsonOutput
import groovy.json.JsonSlurper
import groovy.transform.Canonical

/** Uses the features that programs commonly use. It runs when the image is built, and determines which classes the
 * ahead-of-time cache contains. */
@Canonical
class Point { int x, y; Point plus(Point other) { new Point(x + other.x, y + other.y) } }
enum Colour { RED, GREEN }
trait Greeter { String greet(name) { "hello $name" } }
class Person implements Greeter { String name; def age = 3 }

def squares = (1..10).collect { it * it }.findAll { it % 2 == 0 }
println "sum ${squares.sum()} ${squares.max()} ${squares.groupBy { it % 3 }}"
def counts = [:].withDefault { 0 }
'a b a'.split(' ').each { counts[it]++ }
println counts.sort { -it.value }.collect { k, v -> "$k=$v" }.join(', ')
println new Point(1, 2) + new Point(3, 4)
println new Person(name: 'Ada').with { greet(name) + age }
try {
    throw new IllegalStateException('no')
} catch (IllegalStateException error) {
    println error.message
} finally {
    printf('%.2f %s%n', 1.5, Colour.RED)
}
switch (3) { case 1..5: println 'in'; break; case String: println 'text' }
println JsonOutput.toJson([a: 1, b: [true, null]]) + new JsonSlurper().parseText('{"a": [1]}').a
def line = System.in.newReader().readLine()
println line?.trim()?.isInteger() ? line as int : 'none'
def fib
fib = { n -> n < 2 ? n : fib(n - 1) + fib(n - 2) }
println "${fib(10)} ${'abc' =~ /b/ ? 'found' : ''} ${[3, 1, 2].sort()} ${'x'.padLeft(3, '*')}"
for (int i = 0; i < 2; i++) { print i }
println """
text ${2G ** 70}
""".trim()
assert [1, 2]*.plus(1) == [2, 3]
