public class Wrong { int f() { return "text"; } }
