import java.util.*;
public class Main {
  public static void main(String[] args) {
    Scanner in = new Scanner(System.in);
    Map<String, Integer> counts = new HashMap<>(); long words = 0;
    while (in.hasNext()) { counts.merge(in.next(), 1, Integer::sum); words++; }
    long total = 0;
    for (long i = 0; i < 10_000_000; i++) total = (total * 31 + i) % 1000003;
    System.out.println("Hello " + words + " " + counts.size() + " " + total);
  }
}
