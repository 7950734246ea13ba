package runonce;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TaskEvent;
import com.sun.source.util.TaskListener;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.TypeKind;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/**
 * Compiles the Java files in its arguments, the main file first, into .runonce/classes, and writes the name of the
 * main class to .runonce/main, an argument file for the java command. The messages of javac go to stderr unchanged.
 * The exit code is 1 if the files do not compile or contain no class.
 */
public class Compile {
    static final Path OUT = Path.of(".runonce");
    static final Path CLASSES = OUT.resolve("classes");
    static final String CLASS_PATH = CLASSES + ":.";
    static final List<String> OPTIONS = List.of("-proc:none");

    /** Folder in which the warm interpreter compiles its training program. It remains if the runner ends the interpreter too early. */
    static final Path TRAINING = Path.of("/tmp/.runonce-training");

    final List<? extends JavaFileObject> sources;

    public static void main(String[] args) throws IOException {
        deleteFolder(TRAINING);
        var compiler = ToolProvider.getSystemJavaCompiler();
        var compile = new Compile(Stream.of(args).map(Source::new).toList());
        var output = new PrintWriter(System.err, true);
        StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
        writeTo(Files.createDirectories(CLASSES), files);
        var task = (JavacTask) compiler.getTask(output, files, null, OPTIONS, null, compile.sources);
        Main main = compile.call(task, output);
        if (main == null) System.exit(1);
        writeMain(main);
    }

    Compile(List<? extends JavaFileObject> sources) {
        this.sources = sources;
    }

    /** Deletes a folder and its contents, if it exists. */
    static void deleteFolder(Path folder) throws IOException {
        if (!Files.exists(folder)) return;
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }

    /** Sets the output folder of the classes. Other classes are found only in the sources. */
    static void writeTo(Path folder, StandardJavaFileManager files) throws IOException {
        files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(folder));
        files.setLocationFromPaths(StandardLocation.CLASS_PATH, List.of());
    }

    /** Writes the argument file for the java command. */
    static void writeMain(Main main) throws IOException {
        Files.writeString(OUT.resolve("main"), "-cp " + CLASS_PATH + " " + main.name + "\n");
    }

    /** Compiles the files. Returns the main class, or null if there is none; `output` then contains the reason. */
    Main call(JavacTask task, PrintWriter output) {
        var types = new TypeCollector(task, sources.stream().map(JavaFileObject::getName).toList());
        task.addTaskListener(types);
        if (!task.call()) return null;
        Main main = types.mainClass();
        if (main == null) output.println(sources.getFirst().getName() + ": error: no class found");
        return main;
    }

    /** The main class, and the index of its file. */
    record Main(String name, int file) { }

    /** A source file. Its public class may have any name, as with `java File.java`. */
    static final class Source extends SimpleJavaFileObject {
        private final String name;

        Source(String name) {
            super(Path.of(name).resolveSibling(className(name)).toUri(), Kind.SOURCE);
            this.name = name;
        }

        /**
         * The file name that javac receives. The class of a compact source file has the name of the file, so the name
         * must be an identifier.
         */
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
            return simpleName.contains("-") ? super.isNameCompatible(simpleName, kind) : true; // Source files without a class: package-info, module-info
        }

        @Override public CharSequence getCharContent(boolean ignoreEncodingErrors) throws IOException {
            return Files.readString(Path.of(name));
        }
    }

    /** Records each top-level class with its position when javac finishes it. */
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

        /**
         * Returns the first class with a main method, in the order of files and classes. If there is none, returns the
         * first class, so that java reports what the class lacks.
         */
        Main mainClass() {
            return found.stream()
                .min(Comparator.comparing((Found one) -> !one.hasMain).thenComparing(Found::file).thenComparing(Found::position))
                .map(one -> new Main(one.name, one.file)).orElse(null);
        }

        /** Reports whether java can start this class. JLS 12.1.4, including instance main methods. */
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
