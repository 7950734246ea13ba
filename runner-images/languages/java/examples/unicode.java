public class Zürich { public static void main(String[] args) { System.out.println("größer"); } }
