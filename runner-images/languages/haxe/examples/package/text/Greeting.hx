package text;

class Greeting {
  public static function greet(name:String)
    return 'hello $name';
}
