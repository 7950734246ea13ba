class Speaks { public static void main(String[] args) { System.err.println("oops"); } }
