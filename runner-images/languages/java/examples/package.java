package deep.inside;
public class Any { public static void main(String... args) { System.out.println("found"); } }
