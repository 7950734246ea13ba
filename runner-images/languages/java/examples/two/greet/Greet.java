package greet;
public class Greet { public static String hello(String who) { return "hello " + who; } }
