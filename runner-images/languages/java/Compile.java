import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TaskEvent;
import com.sun.source.util.TaskListener;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.TypeKind;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Compiles the Java files named by its arguments, the main file first, to .runonce/classes, and leaves the main class's name in
 * .runonce/main, an argument file for the java command. javac's messages go to stderr as javac prints them. Exit code 1 when the
 * files do not compile, or hold no class.
 */
public class Compile {
    private static final Path OUT = Path.of(".runonce");

    public static void main(String[] args) throws IOException {
        List<Source> sources = new ArrayList<>();
        for (String name : args) sources.add(new Source(name));
        Path classes = Files.createDirectories(OUT.resolve("classes"));
        var compiler = ToolProvider.getSystemJavaCompiler();
        var options = List.of("-d", classes.toString(), "-classpath", classes.toString(), "-proc:none");
        var task = (JavacTask) compiler.getTask(null, null, null, options, null, sources);
        var types = new TypeCollector(task, List.of(args));
        task.addTaskListener(types);
        if (!task.call()) System.exit(1);
        String name = types.mainClass();
        if (name == null) {
            System.err.println(args[0] + ": error: no class found");
            System.exit(1);
        }
        Files.writeString(OUT.resolve("main"), "-cp " + classes + ":. " + name + "\n");
    }

    /** A source file. Its public class may have any name, as with `java File.java`. */
    private static final class Source extends SimpleJavaFileObject {
        private final String name;

        Source(String name) {
            super(Path.of(name).resolveSibling(className(name)).toUri(), Kind.SOURCE);
            this.name = name;
        }

        /** The file's name for javac: a compact source file's class is called after it, so it has to be an identifier. */
        private static String className(String name) {
            String stem = Path.of(name).getFileName().toString().replaceFirst("\\.java$", "");
            if (stem.equals("package-info") || stem.equals("module-info")) return stem + ".java";
            var identifier = new StringBuilder();
            stem.codePoints().forEach(c -> identifier.appendCodePoint(Character.isJavaIdentifierPart(c) ? c : '_'));
            if (identifier.isEmpty() || !Character.isJavaIdentifierStart(identifier.codePointAt(0))) identifier.insert(0, '_');
            return identifier + ".java";
        }

        @Override public String getName() {
            return name;
        }

        @Override public boolean isNameCompatible(String simpleName, JavaFileObject.Kind kind) {
            return simpleName.contains("-") ? super.isNameCompatible(simpleName, kind) : true; // package-info, module-info
        }

        @Override public CharSequence getCharContent(boolean ignoreEncodingErrors) throws IOException {
            return Files.readString(Path.of(name));
        }
    }

    /** Remembers each top-level class with its place, as javac finishes with it. */
    private static final class TypeCollector implements TaskListener {
        private record Found(int file, long position, boolean hasMain, String name) { }

        private final JavacTask task;
        private final List<String> files;
        private final List<Found> found = new ArrayList<>();

        TypeCollector(JavacTask task, List<String> files) {
            this.task = task;
            this.files = files;
        }

        @Override public void finished(TaskEvent event) {
            if (event.getKind() != TaskEvent.Kind.ANALYZE || event.getTypeElement() == null) return;
            TypeElement type = event.getTypeElement();
            CompilationUnitTree unit = event.getCompilationUnit();
            Trees trees = Trees.instance(task);
            long position = trees.getSourcePositions().getStartPosition(unit, trees.getTree(type));
            String name = task.getElements().getBinaryName(type).toString();
            found.add(new Found(files.indexOf(unit.getSourceFile().getName()), position, hasMain(type), name));
        }

        /** The first class with a main method, files and classes in their order; else the first class: java says what it lacks. */
        String mainClass() {
            return found.stream()
                .min(Comparator.comparing((Found one) -> !one.hasMain).thenComparing(Found::file).thenComparing(Found::position))
                .map(Found::name).orElse(null);
        }

        /** Whether java would start this class: JLS 12.1.4, instance main methods included. */
        private boolean hasMain(TypeElement type) {
            boolean instantiable = type.getKind() == ElementKind.CLASS && !type.getModifiers().contains(Modifier.ABSTRACT)
                && type.getEnclosedElements().stream().anyMatch(member -> member.getKind() == ElementKind.CONSTRUCTOR
                    && ((ExecutableElement) member).getParameters().isEmpty() && !member.getModifiers().contains(Modifier.PRIVATE));
            return task.getElements().getAllMembers(type).stream().anyMatch(member -> isMain(member)
                && (instantiable || member.getModifiers().contains(Modifier.STATIC)));
        }

        private static boolean isMain(Element member) {
            if (member.getKind() != ElementKind.METHOD || !member.getSimpleName().contentEquals("main")) return false;
            var method = (ExecutableElement) member;
            var parameters = method.getParameters();
            return !method.getModifiers().contains(Modifier.PRIVATE) && method.getReturnType().getKind() == TypeKind.VOID
                && (parameters.isEmpty() || parameters.size() == 1
                    && parameters.getFirst().asType().toString().equals("java.lang.String[]"));
        }
    }
}
