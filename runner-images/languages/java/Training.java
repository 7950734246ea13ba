package runonce.training;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.util.*;
import java.util.function.*;
import java.util.stream.*;

/**
 * Uses the features that programs commonly use. It is compiled when the image is built, so that the caches contain
 * the classes that javac loads for it. Each warm interpreter also compiles and runs it. Therefore it does not start
 * unnamed threads, print output or generate random numbers.
 */
public class Training {
    private static final PrintStream OUT = new PrintStream(OutputStream.nullOutputStream());

    interface Shape { double area(); }
    record Square(double side) implements Shape { public double area() { return side * side; } }
    sealed interface Tree<T> permits Leaf, Node { }
    record Leaf<T>(T value) implements Tree<T> { }
    record Node<T>(Tree<T> left, Tree<T> right) implements Tree<T> { }
    enum Colour { RED, GREEN { @Override String label() { return "g"; } }; String label() { return name(); } }

    static <T extends Comparable<? super T>> T largest(List<? extends T> list) {
        T best = list.get(0);
        for (T each : list) if (each.compareTo(best) > 0) best = each;
        return best;
    }

    static int sum(Tree<Integer> tree) {
        return switch (tree) {
            case Leaf<Integer>(Integer value) -> value;
            case Node<Integer>(var left, var right) -> sum(left) + sum(right);
        };
    }

    public static void main(String[] args) throws Exception {
        OUT.println("sum " + sum(new Node<>(new Leaf<>(1), new Leaf<>(2))) + " " + largest(Arrays.asList(1, 2, 3)));
        Map<String, Integer> counts = new HashMap<>();
        counts.merge("a", 1, Integer::sum);
        List<Integer> even = IntStream.range(0, 10).boxed().filter(x -> x % 2 == 0).map(x -> x * 2).collect(Collectors.toList());
        OUT.printf("%d %s %.2f%n", even.size(), counts, new Square(2).area());
        var text = new StringBuilder();
        for (int i = 0; i < 3; i++) text.append(i).append(',');
        int[] numbers = {3, 1, 2};
        Arrays.sort(numbers);
        switch (Colour.RED) { case RED: break; default: throw new IllegalStateException("x"); }
        Runnable task = () -> OUT.println(text);
        task.run();
        Function<Integer, Function<Integer, Integer>> add = a -> b -> a + b;
        String block = """
            {"a": %d}
            """.formatted(add.apply(1).apply(2));
        try (var reader = new BufferedReader(new StringReader(block))) {
            if (reader.readLine() instanceof String line && !line.isEmpty()) OUT.println(line);
        } catch (IOException | RuntimeException error) {
            error.printStackTrace();
        } finally {
            OUT.println(new Scanner("1 2").nextInt());
        }
        new Thread(new Runnable() { @Override public void run() { synchronized (text) { text.setLength(0); } } }, "").join();
    }
}
