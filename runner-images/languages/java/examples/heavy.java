import java.math.BigInteger;
import java.time.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.function.*;
import java.util.regex.*;
import java.util.stream.*;

public class Main {
    sealed interface Shape permits Circle, Box, Group {}
    record Circle(double radius) implements Shape {}
    record Box(double width, double height) implements Shape {}
    record Group(List<Shape> parts) implements Shape {}
    record Order(String customer, int cents, Set<String> tags) {}

    static double area(Shape shape) {
        return switch (shape) {
            case Circle(double radius) -> Math.PI * radius * radius;
            case Box(double width, double height) -> width * height;
            case Group(List<Shape> parts) -> parts.stream().mapToDouble(Main::area).sum();
        };
    }

    static <T, K extends Comparable<K>> SortedMap<K, List<T>> group(Collection<T> items, Function<? super T, ? extends K> key) {
        return items.stream().collect(Collectors.groupingBy(key, TreeMap::new, Collectors.toList()));
    }

    public static void main(String[] args) throws Exception {
        var orders = List.of(new Order("Ada", 499, Set.of("b")), new Order("Grace", 1250, Set.of()));
        orders.stream().sorted(Comparator.comparingInt(Order::cents).reversed())
            .forEach(order -> System.out.printf(Locale.ROOT, "%s %.2f %s%n", order.customer(), order.cents() / 100.0, order.tags()));
        System.out.printf(Locale.ROOT, "%.3f%n", area(new Group(List.of(new Circle(1), new Box(2, 3)))));
        System.out.println(group(orders, order -> order.tags().size()).keySet());
        System.out.println(Pattern.compile("[0-9]+").matcher("a1b22").replaceAll(match -> "#" + match.group().length()));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> results = new ArrayList<>();
            for (int i = 1; i <= 4; i++) {
                int n = i;
                results.add(threads.submit(() -> n * n));
            }
            int sum = 0;
            for (Future<Integer> result : results) sum += result.get();
            System.out.println(sum);
        }
        System.out.println(CompletableFuture.supplyAsync(() -> BigInteger.TWO.pow(70)).thenApply(BigInteger::toString).get());
        System.out.println(LocalDateTime.of(2015, 9, 22, 16, 0).atZone(ZoneId.of("UTC")).withZoneSameInstant(ZoneId.of("America/New_York")));
        System.out.println(IntStream.rangeClosed(2, 50).parallel().filter(n -> IntStream.range(2, n).noneMatch(d -> n % d == 0)).boxed().map(String::valueOf).collect(Collectors.joining(" ")));
        System.out.println("""
            text %s
            block""".formatted(new PriorityQueue<>(List.of(3, 1, 2)).peek()));
    }
}
