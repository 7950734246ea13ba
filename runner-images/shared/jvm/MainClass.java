import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds the main class of a compiled program in any language. */
public class MainClass {
    private record Found(ClassModel model, int file, int line) { }

    /**
     * Writes the name of the main class to a file in `dir`, which is an argument file for the java command.
     * @param dir folder that contains classes/, the compiler's output
     * @param sources the program's source files, the main file first
     * @param otherwise the class name for the error message of java if no class has a main method
     */
    public static void write(Path dir, List<String> sources, String otherwise) throws IOException {
        var names = sources.stream().map(source -> Path.of(source).getFileName().toString()).toList();
        Optional<String> main;
        try (var files = Files.walk(dir.resolve("classes"))) {
            main = files.filter(file -> file.toString().endsWith(".class")).map(MainClass::parse).filter(MainClass::hasMain)
                .map(model -> new Found(model, names.indexOf(sourceOf(model)), lineOf(model)))
                .min(Comparator.comparing((Found one) -> one.file < 0 ? names.size() : one.file).thenComparing(Found::line))
                .map(found -> found.model.thisClass().asInternalName().replace('/', '.'));
        }
        String quoted = main.orElse(otherwise).replace("\\", "\\\\").replace("\"", "\\\"");
        Files.writeString(dir.resolve("main"), '"' + quoted + "\"\n");
    }

    private static ClassModel parse(Path file) {
        try {
            return ClassFile.of().parse(file);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    private static boolean hasMain(ClassModel model) {
        return model.methods().stream().anyMatch(method -> method.methodName().equalsString("main")
            && method.methodType().equalsString("([Ljava/lang/String;)V")
            && method.flags().has(AccessFlag.PUBLIC) && method.flags().has(AccessFlag.STATIC));
    }

    private static String sourceOf(ClassModel model) {
        return model.findAttribute(Attributes.sourceFile()).map(attribute -> attribute.sourceFile().stringValue()).orElse("");
    }

    /**
     * Returns the lowest line number in the code of the class's methods, to find the first of several main classes in a
     * file.
     */
    private static int lineOf(ClassModel model) {
        return model.methods().stream().flatMap(method -> method.code().stream())
            .flatMap(code -> code.findAttribute(Attributes.lineNumberTable()).stream())
            .flatMap(table -> table.lineNumbers().stream()).mapToInt(entry -> entry.lineNumber()).min().orElse(Integer.MAX_VALUE);
    }
}
