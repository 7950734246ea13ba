class Helper {}
interface Other {}
public class Third { public static void main(final String[] args) { System.out.println("found"); } }
