unit module Greeting;

sub hello($name) is export { "hello $name" }
