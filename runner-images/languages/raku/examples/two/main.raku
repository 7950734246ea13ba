use Greeting;

say hello('two');
